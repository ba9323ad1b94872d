"""Every page of this subject, for the application to register."""

from . import play_views, plenary_views, recall_views
from .blueprint import bp

__all__ = ["bp", "play_views", "plenary_views", "recall_views"]
