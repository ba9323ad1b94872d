"""What the leaner templates print is what Jinja prints, and what they refuse Jinja refuses."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest
from flask import Flask, render_template_string
from jinja2 import TemplateNotFound, Undefined, pass_context
from markupsafe import Markup

from course.web import templating

UNSAFE = '<b class="x">&\'</b>'
MACROS = """
{% macro plain(a, b="<b>", c=none) %}[{{ a }}|{{ b }}|{{ c }}]{% endmacro %}
{% macro frame(title) %}<p>{{ title }}{{ caller() }}</p>{% endmacro %}
{% macro given(a) %}
  {{ a }}{% for name, value in kwargs.items() %} {{ name }}={{ value }}{% endfor %}
  {% for more in varargs %} {{ more }}{% endfor %}
{% endmacro %}
{% macro each(items) %}{% for item in items %}{{ caller(item) }}{% endfor %}{% endmacro %}
{% macro maybe(caller=none) %}{{ caller() if caller else "nobody" }}{% endmacro %}
"""
TEMPLATES = [
    "{{ value }} {{ 1 }} {{ 1.5 }} {{ none }} {{ true }} {{ missing }} {{ word }} {{ html }} {{ [value] }}",
    MACROS + "{{ plain(value) }}{{ plain(value, c=html) }}{{ plain(b=1, a=2) }}{{ plain(value, value, value) }}",
    MACROS + "{% call frame(value) %}{{ value }}{{ html }}{% endcall %}",
    MACROS + "{% call(item) each([value, html, 3]) %}<i>{{ item }}</i>{% endcall %}",
    MACROS + "{{ given(value, value, other=html) }}{{ maybe() }}{% call maybe() %}{{ value }}{% endcall %}",
    MACROS + "{% for x in [1, 2] %}{% set y = plain(x) %}{{ y }}{{ y ~ value }}{{ [y, value]|join }}{% endfor %}",
    "{% set kept %}{{ value }}{% endset %}{{ kept }}{{ kept|length }}{{ kept|upper }}",
    "{% for x in [7] %}{{ seen('x') }}{{ seen('value') }}{% endfor %}{% filter upper %}{{ value }}{% endfilter %}",
    "{{ shout(value) }}{{ word.title() }}{{ value.upper() }}{{ namespace(a=value).a }}",
    "{% autoescape false %}{{ value }}{% endautoescape %}{{ value|safe }}{{ value|e }}{{ value ~ html }}",
]
REFUSED = ["{{ plain(1, 2, 3, 4) }}", "{{ plain(1, d=2) }}", "{{ frame('x') }}", "{{ plain(1, a=2) }}"]


class Word(StrEnum):
    """A word that is not a plain str."""

    ONE = "<one>"


@pass_context
def seen(context: Any, name: str) -> str:
    return str(context.get(name))


def shout(text: str) -> Markup:
    return Markup("<em>{}!</em>").format(text)


def make(*, lean: bool) -> Flask:
    app = Flask("course")
    app.jinja_env.globals.update(seen=seen, shout=shout, value=UNSAFE, html=Markup(UNSAFE), word=Word.ONE)
    if lean:
        templating.register(app)
    return app


def printed(app: Flask, template: str) -> str:
    with app.test_request_context():
        return render_template_string(template)


@pytest.mark.parametrize("template", TEMPLATES)
def test_prints_what_jinja_prints(template: str) -> None:
    text = printed(make(lean=True), template)
    assert text == printed(make(lean=False), template)
    assert text.strip()


@pytest.mark.parametrize("call", REFUSED)
def test_refuses_what_jinja_refuses(call: str) -> None:
    for lean in (True, False):
        with pytest.raises(Exception, match=r"argument|given too much|undefined|No caller") as caught:
            printed(make(lean=lean), MACROS + call)
        assert not isinstance(caught.value, TemplateNotFound)


def test_every_template_of_an_application_is_compiled_so(app: Flask) -> None:
    names = app.jinja_env.list_templates(extensions=["html"])
    assert len(names) > 40
    for name in names:
        template = app.jinja_env.get_template(name)
        assert isinstance(template, templating.LeanTemplate), name
        assert template.root_render_func.__globals__["escape"] is templating.escape, name


def test_what_is_not_there_prints_nothing() -> None:
    assert templating.escape(Undefined(name="x")) == ""
