"""The guard's own files for the browser: the rules and, as static files, the two modules that read them."""

from __future__ import annotations

import gzip
from functools import cache

from flask import Blueprint, Response, request, url_for

from course.guard.bundle import rules_digest, rules_json
from course.web.audience import PUBLIC, audience

bp = Blueprint("guard", __name__, static_folder="static", static_url_path="/static/guard")

A_YEAR = 365 * 24 * 3600


@cache
def _compressed() -> bytes:
    return gzip.compress(rules_json(), 9, mtime=0)


@bp.app_template_global("guard_rules_url")
def guard_rules_url() -> str:
    """The address of the rules with their digest, for ``<meta name="guard-rules" content="…">``."""
    return url_for("guard.rules", v=rules_digest())


@bp.get("/guard/rules.json")
@audience(PUBLIC)
def rules() -> Response:
    """The rules and word lists. Kept for a year under the digest they have now, else asked for again."""
    packed = "gzip" in request.accept_encodings
    response = Response(_compressed() if packed else rules_json(), mimetype="application/json")
    if packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(rules_digest() + ("-gzip" if packed else ""))
    if request.args.get("v") == rules_digest():
        response.cache_control.public = True
        response.cache_control.max_age = A_YEAR
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    return response.make_conditional(request)  # type: ignore[return-value]
