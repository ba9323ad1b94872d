"""The blueprint of the groups."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("teams", __name__, template_folder="templates")
