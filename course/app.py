"""The application: a short list of named steps."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy import text

from course import tables
from course.accounts import signing_in
from course.config import Settings
from course.content import pinning
from course.content.root import content_root
from course.db import session as database
from course.db.engine import make_engine
from course.navigation import navigation
from course.runs import access, contents, wording
from course.tools.offers import planner_for
from course.web import addresses, danish, errors, form_tokens, security, sessions, templating
from course.web.audience import PUBLIC, audience

LARGEST_REQUEST = 2 * 1024 * 1024

ROOMS = (
    "course.printing.blueprint",
    "course.accounts.views",
    "course.accounts.email_change_views",
    "course.runs.views",
    "course.learning.views",
    "course.exercises.views",
    "course.tools.views",
    "course.tools.planner_views",
    "course.submissions.views",
    "course.reviews.views",
    "course.teams.views",
    "course.certificates.views",
    "course.organising.views",
    "course.privacy.views",
    "course.guard.views",
    "course.web.design",
)
MAILS = (
    "course.accounts.mails",
    "course.accounts.email_change_mails",
    "course.runs.mails",
    "course.submissions.mails",
    "course.reviews.mails",
    "course.reviews.peer_mails",
    "course.teams.partner_mails",
    "course.certificates.mails",
    "course.organising.mails",
    "course.learning.reminders",
)
JOBS = ("course.teams.partners", "course.reviews.peers", "course.learning.reminders", "course.privacy.purging")
"""What `course worker` does beside sending: each has ``run_due(session, now) -> int``."""


def import_rooms() -> None:
    """Import every subject; an application does it by itself when it is made."""
    for name in (*ROOMS, *MAILS, *JOBS):
        import_module(name)


def create_app(settings: Settings) -> Flask:
    """An application with these settings: its database at the newest schema, its content loaded and checked."""
    here = Path(__file__).parent
    app = Flask(
        "course",
        static_url_path="/static",
        static_folder=here / "web/static",
        template_folder="web/templates",
    )
    app.url_rule_class = addresses.LateRule
    configure(app, settings)
    engine = make_engine(settings.database_url)
    tables.upgrade(engine)
    database.init_app(app, engine)
    load_content(app, settings)
    add_security(app, settings)
    add_rooms(app)
    add_words(app)
    errors.init_app(app)
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Flask's own settings, from ours."""
    app.extensions["settings"] = settings
    app.debug = settings.debug
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        SESSION_COOKIE_NAME="course",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.secure_cookies,
        DEMO=settings.demo,
        DESIGN_PAGE=settings.debug,
    )


def load_content(app: Flask, settings: Settings) -> None:
    """Load and check the content once; keep each course packed, for runs to be pinned to."""
    catalogue, packed = pinning.load_and_pack(content_root(settings.content_root))
    app.extensions["catalogue"], app.extensions["packed"] = catalogue, packed
    contents.remember(catalogue.courses.values())


def add_security(app: Flask, settings: Settings) -> None:
    """Headers, hosts and proxies, form tokens, sign-in, and the question who a route is for."""
    security.init_app(app, trusted_proxies=settings.trusted_proxies, https=settings.secure_cookies)
    sessions.register(app)
    signing_in.init_app(app)
    access.init_app(app, signing_in.ask_to_sign_in)
    CSRFProtect(app)
    app.register_error_handler(CSRFError, signing_in.csrf_failed)


def add_rooms(app: Flask) -> None:
    """Register the blueprint of every subject, and who makes its mails."""
    for name in ROOMS:
        blueprint: Blueprint = import_module(name).bp
        app.register_blueprint(blueprint)
    app.extensions["mails"] = {kind: maker for name in MAILS for kind, maker in import_module(name).MAILS.items()}
    app.extensions["jobs"] = {name: import_module(name).run_due for name in JOBS}
    for endpoint in app.view_functions:
        if endpoint == "static" or endpoint.endswith(".static"):
            app.view_functions[endpoint] = audience(PUBLIC)(_static(app.view_functions[endpoint]))

    @app.get("/healthz")
    @audience(PUBLIC)
    def healthz() -> Response:
        database.current().execute(text("SELECT 1"))
        return Response("ok", mimetype="text/plain")


def _static(serve: Callable[..., Any]) -> Callable[..., Any]:
    """Flask's own view of static files as a function that can say who it is for."""

    def static(filename: str) -> Any:
        return serve(filename=filename)

    return static


def add_words(app: Flask) -> None:
    """What every template can use."""
    templating.register(app)
    addresses.register(app)
    danish.register(app)
    form_tokens.register(app)
    app.context_processor(lambda: {"navigation": navigation()})
    app.jinja_env.globals.update(course_of_run=wording.course_of_run, planner_for=planner_for)
