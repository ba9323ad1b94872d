"""The application of the preview: content and the look, and nothing else."""

from pathlib import Path

from flask import Blueprint, Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from course.content.root import NoContent, find_root
from course.exercises.templating import KindLoader
from course.preview.views import bp
from course.preview.watching import Watched
from course.web import danish, security

WEB = Path(__file__).parent.parent / "web"
HOSTS = ["127.0.0.1", "localhost", "[::1]"]
"""Who may be asked for: another site must not read unpublished content through the author's browser."""


class QuietRequests(WSGIRequestHandler):
    """No line for every request: an open page asks every second."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


def create_app(root: Path) -> Flask:
    """Return the preview of the content under `root`."""
    app = Flask(
        "course.preview",
        static_url_path="/static",
        static_folder=WEB / "static",
        template_folder=WEB / "templates",
    )
    app.config["TRUSTED_HOSTS"] = HOSTS
    app.extensions["watched"] = Watched(root)
    app.register_blueprint(bp)
    app.register_blueprint(_kinds())
    danish.register(app)
    security.init_app(app, trusted_proxies=0, https=False)
    return app


def _kinds() -> Blueprint:
    """The templates and the look of the kinds of exercise, without their pages."""
    look = Blueprint("exercises", "course.exercises", static_folder="static", static_url_path="/static/exercises")
    look.jinja_loader = KindLoader()  # type: ignore[assignment]
    return look


def serve(path: str | Path | None = None, port: int = 8001) -> None:
    """Serve the preview on this machine until it is interrupted; port 0 takes a free one.

    Without content at `path` it stops with a sentence that says so.
    """
    try:
        root = find_root(path)
    except NoContent as error:
        raise SystemExit(str(error)) from None
    server = make_server("127.0.0.1", port, create_app(root), threaded=True, request_handler=QuietRequests)
    print(f"Forhåndsvisning af {root}: http://127.0.0.1:{server.port}/ (afslut med Ctrl+C)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()
