"""The blueprint that every page of this subject belongs to."""

from pathlib import Path

from flask import Blueprint
from jinja2 import ChoiceLoader, FileSystemLoader

from .templating import KindLoader

bp = Blueprint("exercises", __name__, static_folder="static", static_url_path="/static/exercises")
bp.jinja_loader = ChoiceLoader([FileSystemLoader(Path(__file__).parent / "templates"), KindLoader()])  # type: ignore[assignment]
