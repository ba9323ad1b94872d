"""The pages of the groups: the facilitator's, to make and change them; the member's own; and what they wrote."""

from __future__ import annotations

from . import group_views, groups_views, partner_views
from .blueprint import bp

__all__ = ["bp", "group_views", "groups_views", "partner_views"]
