"""The pages where a participant writes: the overview, the steps, sending, and what colleagues may read."""

from . import overview_views, release_views, sending_views, sharing_views, writing_views
from .blueprint import bp

__all__ = ["bp", "overview_views", "release_views", "sending_views", "sharing_views", "writing_views"]
