"""The pages of the inbox; each file has its own part."""

from . import copy_views, inbox_views, own_views, rejecting_views, risk_views, work_views
from .blueprint import bp

__all__ = ["bp", "copy_views", "inbox_views", "own_views", "rejecting_views", "risk_views", "work_views"]
