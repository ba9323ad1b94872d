"""The templates that documents are made of; this room has no pages of its own."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("printing", __name__, template_folder="templates")
