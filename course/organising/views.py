"""The organiser's rooms: one blueprint, a module for each room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint(
    "organising",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/organising",
)

from . import (  # noqa: E402, F401  (they add their routes to bp)
    completion_views,
    date_views,
    day_views,
    export_views,
    figure_views,
    mail_views,
    outbox_views,
    people_views,
    run_views,
)
