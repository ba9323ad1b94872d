"""The organiser's rooms: one blueprint, a module for each room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("organising", __name__, template_folder="templates")

from . import date_views, people_views, run_views  # noqa: E402, F401  (they add their routes to bp)
