"""Run the demo: build it in a folder of its own, serve it, throw it away."""

from __future__ import annotations

import secrets
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from course.app import create_app
from course.config import Settings
from course.serve import serve as serve_settings

from .build import build


def demo_settings(instance: Path, port: int) -> Settings:
    """Settings of a throw-away instance on this machine."""
    return Settings(
        instance=instance,
        database_url=f"sqlite:///{instance / 'demo.db'}",
        secret_key=secrets.token_urlsafe(48),
        base_url=f"http://127.0.0.1:{port}",
        bind=f"127.0.0.1:{port}",
        demo=True,
    )


def serve(port: int) -> None:
    """Build the demo and serve it until a signal says stop; nothing of it is kept."""
    with tempfile.TemporaryDirectory(prefix="course-demo-") as folder:
        settings = demo_settings(Path(folder), port)
        app = create_app(settings)
        app.extensions["demo_accounts"] = build(app, datetime.now(UTC))
        serve_settings(settings, say, app=app)


def say(where: str) -> None:
    """Tell where the demo is, when it answers."""
    print(f"\n  Demoen er klar: {where}\n  Luk den med Ctrl+C. Intet bliver gemt.\n", flush=True)
