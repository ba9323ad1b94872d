"""Templates that live with their kind: `exercises/<kind>/ask.html` is in the folder of the kind."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import BaseLoader, Environment, FileSystemLoader, TemplateNotFound

from course.content import kinds

ROOM = "exercises"


class KindLoader(BaseLoader):
    """Finds the templates of the kinds; a kind that is added is found without being named here."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        room, _, rest = template.partition("/")
        name, inside, _ = rest.partition("/")
        if room != ROOM or not inside or name not in kinds.NAMES + kinds.WRITTEN:
            raise TemplateNotFound(template)
        return FileSystemLoader(kinds.folder(name) / "templates").get_source(environment, template)

    def list_templates(self) -> list[str]:
        folders = [kinds.folder(name) / "templates" for name in kinds.NAMES + kinds.WRITTEN]
        return sorted(name for folder in folders for name in FileSystemLoader(folder).list_templates())
