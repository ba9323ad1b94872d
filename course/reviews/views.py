"""The pages of the inbox, of homework and of calibration; each file has its own part."""

from . import (
    calibration_views,
    copy_views,
    inbox_views,
    own_views,
    peer_views,
    profile_views,
    rejecting_views,
    risk_views,
    work_views,
)
from .blueprint import bp

__all__ = [
    "bp",
    "calibration_views",
    "copy_views",
    "inbox_views",
    "own_views",
    "peer_views",
    "profile_views",
    "rejecting_views",
    "risk_views",
    "work_views",
]
