"""What a page weighs on its way to the browser: the first time, and when the browser has been here before."""

import gzip
import re
from dataclasses import dataclass
from urllib.parse import urljoin

from tests.drill.web import Answer, Browser

REFERENCES = re.compile(r"""<(?:link|script|img)\b[^>]*?\s(?:href|src)="([^"]+)\"""")
IMPORTS = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']""")
URLS = re.compile(r"""url\(["']?([^"')]+)["']?\)""")
NOT_LOADED = re.compile(r'<link\b[^>]*\brel="(?:alternate|canonical|next|prev|author|license|help)"[^>]*>')


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes on the wire, compressed as a proxy would: of a first visit, and of a return."""

    html: int
    css: int
    javascript: int
    fonts: int
    other: int
    again: int
    elsewhere: tuple[str, ...]

    @property
    def first(self) -> int:
        return self.html + self.css + self.javascript + self.fonts + self.other


def weigh(browser: Browser, path: str) -> Weight:
    """Follow everything that a page loads: styles, scripts and what they import, fonts, pictures."""
    page = browser.get(path)
    assert page.status == 200, f"{path} was answered {page.status}"
    sizes = {"css": 0, "javascript": 0, "font": 0, "other": 0}
    again = html = wire(page)
    elsewhere: list[str] = []
    waiting, seen = [urljoin(path, ref) for ref in REFERENCES.findall(NOT_LOADED.sub("", page.text))], set()
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith("data:"):
            continue
        seen.add(address)
        if not address.startswith("/"):
            elsewhere.append(address)
            continue
        answer = browser.get(address)
        assert answer.status == 200, f"{address} was answered {answer.status}"
        sizes[kind_of(answer)] += wire(answer)
        again += asked_again(browser, address, answer)
        waiting += [urljoin(address, ref) for ref in references(answer)]
    return Weight(html, sizes["css"], sizes["javascript"], sizes["font"], sizes["other"], again, tuple(elsewhere))


def asked_again(browser: Browser, address: str, answer: Answer) -> int:
    """What comes when a browser that has the file shows another page: nothing, a 304, or all of it."""
    if "immutable" in answer.header("cache-control"):
        return 0
    return wire(browser.ask("GET", address, [("If-None-Match", answer.header("etag"))]))


def references(answer: Answer) -> list[str]:
    kind = kind_of(answer)
    if kind == "css":
        return [ref for ref in URLS.findall(answer.text) if not ref.startswith(("data:", "#"))]
    return IMPORTS.findall(answer.text) if kind == "javascript" else []


def kind_of(answer: Answer) -> str:
    told = answer.header("content-type")
    return next((kind for kind in ("css", "javascript", "font") if kind in told), "other")


def wire(answer: Answer) -> int:
    """The size of an answer as it is sent: headers, and text compressed."""
    told = answer.header("content-type")
    is_text = any(word in told for word in ("text", "javascript", "json", "svg"))
    head = sum(len(name) + len(value) + 4 for name, value in answer.headers)
    return head + len(gzip.compress(answer.body, 6) if is_text else answer.body)
