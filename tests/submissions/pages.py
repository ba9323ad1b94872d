"""A browser without JavaScript: it reads a form off a page and posts it as a person would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.html import parsed


def tree(response: TestResponse) -> Element:
    """The page, parsed as a browser does."""
    return parsed(response.get_data(as_text=True))


def text_of(element: Element) -> str:
    """What stands in an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def main_text(response: TestResponse) -> str:
    """What stands on the page itself."""
    (main,) = [element for element in tree(response).iter("main")]
    return text_of(main)


def links(response: TestResponse) -> list[str]:
    """Where the page leads."""
    return [href for element in tree(response).iter("a") if (href := element.get("href"))]


def heading(response: TestResponse) -> str:
    """The one h1."""
    (found,) = tree(response).iter("h1")
    return text_of(found)


class Form:
    """A form of a page: its address and the values it would post."""

    def __init__(self, element: Element) -> None:
        self.action = element.get("action") or ""
        self.values: list[tuple[str, str]] = []
        for field in element.iter():
            name = field.get("name")
            if name and field.tag in _VALUES:
                self.values += [(name, value) for value in _VALUES[field.tag](field)]

    def value(self, name: str) -> str | None:
        """The (first) value of a field."""
        return next((value for key, value in self.values if key == name), None)

    def filled(self, changes: Mapping[str, Any]) -> dict[str, list[str]]:
        """What is posted when some fields are filled in; a list stands for several values, None for no value."""
        data: dict[str, list[str]] = {}
        for name, value in self.values:
            data.setdefault(name, []).append(value)
        for name, value in changes.items():
            data[name] = (
                [] if value is None else [str(one) for one in value] if isinstance(value, list) else [str(value)]
            )
        data.pop("csrf_token", None)
        return data


def _of_input(field: Element) -> list[str]:
    kind = field.get("type", "text")
    if kind in {"radio", "checkbox"} and field.get("checked") is None:
        return []
    return [] if kind in {"submit", "button"} else [field.get("value", "on" if kind == "checkbox" else "")]


def _of_select(field: Element) -> list[str]:
    options = list(field.iter("option"))
    chosen = [option for option in options if option.get("selected") is not None] or options[:1]
    return [option.get("value", "") for option in chosen]


_VALUES = {
    "input": _of_input,
    "textarea": lambda field: ["".join(field.itertext())],
    "select": _of_select,
}


def form_of(response: TestResponse, address: str = "") -> Form:
    """The form of a page that posts to an address ending so (or the only one beside signing out)."""
    forms = [Form(element) for element in tree(response).iter("form") if element.get("method") == "post"]
    found = [form for form in forms if form.action.endswith(address) and "sign-out" not in form.action]
    assert len(found) == 1, [form.action for form in forms]
    return found[0]


def fill(client: FlaskClient, url: str, changes: Mapping[str, Any], address: str = "", **kwargs: Any) -> TestResponse:
    """Open a page, fill in its form and send it; the answer is not followed."""
    page = client.get(url)
    assert page.status_code == 200, page.status
    form = form_of(page, address)
    return client.post(form.action, data=form.filled(changes), **kwargs)
