"""The room of the reviewers."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint(
    "reviews",
    "course.reviews",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/reviews",
)
