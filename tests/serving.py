"""An application that answers a real browser, on a free port, in a thread of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """Answers without writing a line for each request, and keeps the connection."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(make: Callable[[int], Flask]) -> Iterator[tuple[Flask, str]]:
    """An application, made when its port is known, and its address, while the block lasts."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        port: int = listening.getsockname()[1]
        app = make(port)
        server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet, fd=listening.fileno())
        server.daemon_threads = True  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield app, f"http://127.0.0.1:{port}"
        finally:
            server.shutdown()
            thread.join(10)
            server.server_close()
