"""`course preview`: the content as a participant meets it. No accounts, nothing stored."""

from course.preview.app import create_app, serve

__all__ = ["create_app", "serve"]
