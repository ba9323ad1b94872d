"""The small line drawings of the interface, drawn for this project on a 24 × 24 grid.

An icon is decoration: it is hidden from screen readers and always stands beside a word.
"""

from __future__ import annotations

from flask import Flask
from markupsafe import Markup

_SHAPES = {
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.2v.3"/>',
    "success": '<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.8 2.8L16 9.6"/>',
    "warning": '<path d="M12 4 2.8 20h18.4Z"/><path d="M12 10v5M12 17.4v.2"/>',
    "error": '<path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3Z"/><path d="M12 7.5v5.8M12 16.4v.2"/>',
    "lock": '<rect x="5" y="11" width="14" height="9.5" rx="1.5"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.4l3.4 2"/>',
    "arrow-right": '<path d="M4.5 12h14M13 6.5l5.5 5.5-5.5 5.5"/>',
    "arrow-left": '<path d="M19.5 12h-14M11 6.5 5.5 12l5.5 5.5"/>',
    "calendar": '<rect x="4" y="5.5" width="16" height="15" rx="1.5"/><path d="M4 10.5h16M8.5 3v4.5M15.5 3v4.5"/>',
    "print": '<path d="M7 9V3.5h10V9M7 17H4V9h16v8h-3"/><path d="M7 14h10v6.5H7Z"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.6-4 3.5-6 7.5-6s6.9 2 7.5 6"/>',
    "chat": '<path d="M4 5h16v11.5h-9L6.5 20v-3.5H4Z"/>',
    "pen": '<path d="m4.5 19.5.9-4L16.200 4.700l3.100 3.100L8.5 18.600Z"/><path d="m14 7 3 3"/>',
    "send": '<path d="M3.5 4.5 21 12 3.5 19.5l2.5-7.5Z"/><path d="M6 12h8"/>',
    "eye": '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z"/>'
    '<circle cx="12" cy="12" r="3"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "download": '<path d="M12 4v11.5M7 11l5 5 5-5M4.5 20h15"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "chevron": '<path d="m9 6 6 6-6 6"/>',
    "flag": '<path d="M6 21V4M6 5h12l-2.5 4L18 13H6"/>',
    "book": '<path d="M12 6.5C10 5 7 4.5 3.5 4.700v13.5c3.5-.2 6.5.3 8.5 1.800 2-1.5 5-2 8.5-1.800V4.700'
    'C17 4.5 14 5 12 6.5ZM12 6.5V20"/>',
    "return": '<path d="M9 6 4.5 10.5 9 15"/><path d="M5 10.5h9.5a5 5 0 0 1 0 10H11"/>',
    "cross": '<path d="m6.5 6.5 11 11M17.5 6.5l-11 11"/>',
    "dot": '<circle cx="12" cy="12" r="3.5"/>',
}


def _drawing(shape: str) -> Markup:
    return Markup(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{shape}</svg>')


ICONS = {name: _drawing(shape) for name, shape in _SHAPES.items()}


def icon_svg(name: str) -> Markup:
    """The drawing called *name*; KeyError for a name that is not drawn."""
    return ICONS[name]


def register(app: Flask) -> None:
    """Give templates ``icon_svg``, which the macro ``icon`` prints."""
    app.add_template_global(icon_svg, "icon_svg")
