"""Addresses of static files that change when the file does, so that a browser may keep them for a year.

``asset("app.css")`` is a file of ``course/web/static``; ``asset("submissions/autosave.js")`` is one of
``course/submissions/static``, which that subject's blueprint serves at ``/static/submissions``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from flask import Flask, Response, request

PACKAGE = Path(__file__).resolve().parent.parent
SHARED = PACKAGE / "web" / "static"

YEAR = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"


class UnknownAsset(LookupError):
    """A template asks for a static file that does not exist."""


def _files() -> Iterator[tuple[str, Path]]:
    """Every static file with the path that ``asset`` knows it by."""
    for file in SHARED.rglob("*"):
        if file.is_file():
            yield file.relative_to(SHARED).as_posix(), file
    for folder in PACKAGE.glob("*/static"):
        if folder != SHARED:
            for file in folder.rglob("*"):
                if file.is_file():
                    yield f"{folder.parent.name}/{file.relative_to(folder).as_posix()}", file


def digests() -> dict[str, str]:
    """The first eight hex digits of the SHA-256 of each static file, by its ``asset`` path."""
    return {path: hashlib.sha256(file.read_bytes()).hexdigest()[:8] for path, file in _files()}


def is_lasting(path: str, version: str | None, known: dict[str, str]) -> bool:
    """Whether the address pins the content: the right digest, or a font, whose name bears its version."""
    return path.startswith("fonts/") or (version is not None and known.get(path) == version)


def register(app: Flask) -> None:
    """Give templates ``asset``; let browsers keep what has a digest, and ask again about the rest."""
    known = digests()
    prefix = app.static_url_path or "/static"

    def asset(path: str) -> str:
        """The address of a static file; UnknownAsset for a file that was not there at start."""
        digest = known.get(path)
        if digest is None:
            if not app.debug:
                raise UnknownAsset(path)
            known.update(digests())
            digest = known.get(path, "missing")
        return f"{request.script_root if request else ''}{prefix}/{path}?v={digest}"

    def keep(response: Response) -> Response:
        """Set how long a browser may keep a static file; other pages are not touched."""
        static = request.endpoint is not None and request.endpoint.split(".")[-1] == "static"
        if static and response.status_code in (200, 304):
            path = request.path.removeprefix(f"{prefix}/")
            lasting = is_lasting(path, request.args.get("v"), known)
            response.headers["Cache-Control"] = YEAR if lasting else ASK_AGAIN
        return response

    app.add_template_global(asset, "asset")
    app.after_request(keep)
