"""How templates are compiled here: as Jinja does it, with less work for each value and each macro that is printed.

A page prints some hundred values and calls some fifty macros, and that is half of its time. Jinja's ways to escape a
value and to call a macro serve every template there could be (sandboxed, asynchronous, escaping switched half way).
Ours need none of that, so the compiled templates are given leaner ones that print the same. Both hooks, the code
generator and the context class, are Jinja's own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import FunctionType, MethodType
from typing import Any

import markupsafe
from flask import Flask
from jinja2 import BaseLoader, Environment, Template, TemplateNotFound
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Template as Parsed
from jinja2.runtime import Context
from jinja2.runtime import Macro as JinjaMacro
from jinja2.utils import missing

MarkupType = markupsafe.Markup
Markup = partial(str.__new__, markupsafe.Markup)
"""Marks a str as HTML, without the question whether it is something else; compiled templates only give it a str."""


_escaped: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)
"""What markupsafe escapes a str with, before it marks the result: printing needs no mark."""


def escape(value: object) -> str:
    """A value as it is printed. What is HTML already stays the object it is."""
    kind = type(value)
    if kind is MarkupType:
        return value  # type: ignore[return-value]
    if kind is str:
        return _escaped(value)  # type: ignore[arg-type]
    return str(value) if kind is int else markupsafe.escape(value)


class Macro(JinjaMacro):
    """A macro that takes named arguments and a caller, and no others, with a short way to be called."""

    def has_short_way(self) -> bool:
        """Whether ``filled`` knows how to call it."""
        return not (self.catch_kwargs or self.catch_varargs or self.explicit_caller)

    def filled(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """What the macro prints. Arguments that are not given are ``missing``; the macro knows their defaults."""
        values = [*args, *(kwargs.pop(name, missing) for name in self.arguments[len(args) :])]
        if self.caller:
            values.append(kwargs.pop("caller", None) or self._environment.undefined("No caller defined", name="caller"))
        if kwargs or len(args) > self._argument_count:
            raise TypeError(f"macro {self.name!r} was given too much: {len(args)} arguments and {sorted(kwargs)}")
        return self._func(*values)


class LeanContext(Context):
    """The variables of a template. Calls of macros and of plain functions take the short way."""

    def __init__(
        self, environment: Environment, parent: dict[str, Any], name: str | None, blocks: Any, globals: Any = None
    ) -> None:
        """As Jinja's, without asking which globals are the template's own: they are all the environment's."""
        super().__init__(environment, parent, name, blocks)

    def call(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or a function; what wants to know the context is left to Jinja."""
        kind = type(obj)
        if kind is Macro:
            if obj.has_short_way():
                kwargs.pop("_loop_vars", None)
                kwargs.pop("_block_vars", None)
                printed = obj.filled(args, kwargs)
                is_done = type(printed) is MarkupType or not self.eval_ctx.autoescape
                return printed if is_done else Markup(printed)
        elif (kind is FunctionType or kind is MethodType) and not hasattr(obj, "jinja_pass_arg"):
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
            return obj(*args, **kwargs)
        return super().call(obj, *args, **kwargs)


class LeanTemplate(Template):
    """A compiled template. Its globals are those of the environment, and no others."""

    def new_context(self, vars: Any = None, shared: bool = False, locals: Any = None) -> Context:
        """Jinja looks up every global in a chain of two mappings; one of them is empty."""
        if shared or locals:
            return super().new_context(vars, shared, locals)
        return LeanContext(self.environment, {**self.environment.globals, **(vars or {})}, self.name, self.blocks)


class LeanGenerator(CodeGenerator):
    """Compiles a template that uses the names of this module where Jinja has its own."""

    def visit_Template(self, node: Parsed, frame: Frame | None = None) -> None:
        """The whole module; its last line replaces what its first line imported."""
        super().visit_Template(node, frame)
        self.writeline(f"from {__name__} import Macro, Markup, escape")


class Remembering(BaseLoader):
    """Looks only once for a template that is not there: a kind of exercise need not have every one of them."""

    def __init__(self, loader: BaseLoader) -> None:
        self.loader = loader
        self.missing: set[str] = set()

    def load(self, environment: Environment, name: str, globals: Any = None) -> Template:
        """As the loader does; while the templates are written, what is missing may come."""
        if name in self.missing:
            raise TemplateNotFound(name)
        try:
            return self.loader.load(environment, name, globals)
        except TemplateNotFound as error:
            if error.name == name and not environment.auto_reload:
                self.missing.add(name)
            raise

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Any]:
        """As the loader does."""
        return self.loader.get_source(environment, template)

    def list_templates(self) -> list[str]:
        """Those that are there."""
        return self.loader.list_templates()


def register(app: Flask) -> None:
    """Compile the templates of an application like this. To be called before the first is used."""
    app.jinja_env.loader = Remembering(app.jinja_env.loader)  # type: ignore[arg-type]
    app.jinja_env.code_generator_class = LeanGenerator
    app.jinja_env.context_class = LeanContext
    app.jinja_env.template_class = LeanTemplate
