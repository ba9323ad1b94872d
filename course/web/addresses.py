"""Addresses of the places of a run, each put together once.

A page of a run holds a dozen or two of them, always the same: the number of the run, and ids of its content. Werkzeug
looks for the rule and quotes the parts every time. Only these are remembered (and the version of a static thing) –
nothing with a token, a search or anything else that somebody wrote – and only so many.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, has_request_context, request
from werkzeug.routing import Rule

PLACES = frozenset({"run_id", "module_id", "page_id", "activity_id", "slot", "step_id", "case_id", "v"})
REMEMBERED = 8192


class LateRule(Rule):
    """A rule whose builders are compiled when the first address is asked of it: Werkzeug compiles two for each of some
    two hundred rules when a server starts, and that takes a tenth of a second.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        build: Callable[..., tuple[str, str]] | None = None

        def late(rule: Rule, **values: Any) -> tuple[str, str]:
            nonlocal build
            if build is None:
                build = super(LateRule, self)._compile_builder(append_unknown)
            return build(rule, **values)

        return late


def register(app: Flask) -> None:
    """Let ``url_for`` of an application, in Python and in templates, remember the addresses of places."""
    build = app.url_for

    @lru_cache(maxsize=REMEMBERED)
    def place(_script_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return build(endpoint, **dict(values))

    def url_for(
        endpoint: str,
        /,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """As Flask's; what it is told beside the values makes the address one that is not remembered."""
        is_plain = _anchor is _method is _scheme is None and not _external and endpoint[0] != "."
        if is_plain and values.keys() <= PLACES and has_request_context():
            return place(request.script_root, endpoint, tuple(values.items()))
        return build(endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values)

    app.url_for = url_for  # type: ignore[method-assign]
    app.jinja_env.globals["url_for"] = url_for
