"""The production server: gunicorn, the content loaded once and shared by every worker."""

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from sqlalchemy import Engine

from course.app import create_app, import_rooms
from course.config import Settings
from course.db import session

# When, what, how it went and how long it took. No query, no referrer, no address of anybody.
ACCESS_LOG = "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms"
# A part of a path this long is a token (an invitation, a calendar feed): the key to a door, not for a log.
TOKEN_LENGTH = 20
COLLECT_EVERY = 10_000


class DiscreetLog(Logger):
    """An access log from which nobody can be known and nothing can be opened."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> Any:
        found = super().atoms(resp, req, environ, request_time)
        return {**found, "U": without_tokens(environ["RAW_URI"])}


def without_tokens(address_asked: str) -> str:
    """The path alone, as it was sent (so that no line break in it can forge a line of the log)."""
    path = address_asked.partition("?")[0]
    return "/".join("…" if len(part) >= TOKEN_LENGTH else part for part in path.split("/"))


class Server(BaseApplication):
    """Gunicorn set up from `Settings` instead of from files and the command line."""

    def __init__(self, settings: Settings, announce: Callable[[str], None], app: Flask | None = None) -> None:
        self.app_made = app
        self.settings = settings
        self.announce = announce
        super().__init__()

    def load_config(self) -> None:
        for name, value in options(self.settings).items():
            self.cfg.set(name, value)
        self.cfg.set("when_ready", self.ready)
        self.cfg.set("post_fork", with_connections_of_its_own)

    def ready(self, server: Arbiter) -> None:
        """Before the first worker is forked: what is loaded stays, and is shared as long as nobody writes to it.

        A page leaves little in circles. The collector that looks for them every 700 objects would run a dozen times
        a page; it looks less often, and the memory of a worker does not show it.
        """
        gc.collect()
        gc.freeze()
        gc.set_threshold(COLLECT_EVERY)
        self.announce(address(server))

    def load(self) -> Any:
        if self.app_made is None:
            import_rooms()
            gc.freeze()  # a collection need not look at what was imported
        gc.enable()
        return self.app_made or create_app(self.settings)


def with_connections_of_its_own(_server: Arbiter, worker: Any) -> None:
    """A worker must not use, nor close, a database connection that loading the application opened."""
    engine: Engine = worker.app.wsgi().extensions[session.EXTENSION]
    engine.dispose(close=False)


def options(settings: Settings) -> dict[str, Any]:
    """What gunicorn is told. Sync workers: the fastest here, behind a proxy that buffers slow clients."""
    memory = Path("/dev/shm")  # noqa: S108 - a heartbeat on a slow disk would get workers killed
    return {
        "bind": [settings.bind],
        "workers": settings.workers,
        "worker_class": "sync",
        "preload_app": True,
        "timeout": 60,
        "graceful_timeout": 30,
        "control_socket_disable": True,
        "forwarded_allow_ips": "",  # whom to believe is decided once, by COURSE_TRUSTED_PROXIES
        "logger_class": DiscreetLog,
        "accesslog": "-",
        "access_log_format": ACCESS_LOG,
        "errorlog": "-",
        "loglevel": "info",
        "umask": 0o007 if settings.bind.startswith("unix:") else 0o077,
        "worker_tmp_dir": str(memory) if os.access(memory, os.W_OK) else None,
        "proc_name": "course",
    }


def address(server: Arbiter) -> str:
    """Where the server listens, with the port it was really given."""
    return str(server.LISTENERS[0])


def say(where: str) -> None:
    print(f"Kurset er klar på {where}", flush=True)


def serve(settings: Settings, announce: Callable[[str], None] = say, app: Flask | None = None) -> None:
    """Serve until a signal says stop. `announce` is called once with the address when requests are taken.

    `app` is an application that was made with these settings already (the demo's); otherwise one is made.
    """
    Server(settings, announce, app).run()
