"""The blueprint that every page of this subject belongs to."""

from flask import Blueprint

bp = Blueprint(
    "learning", __name__, template_folder="templates", static_folder="static", static_url_path="/static/learning"
)
