"""A window of a browser, and what holds for every page that is seen in it."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Locator, Page, Response, expect

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RUN_AXE = """async () => {
  const found = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    resultTypes: ["violations"],
    preload: false,  // of the style sheets, for one rule only
    rules: {"css-orientation-lock": {enabled: false}},  // tests/web/test_styles.py
  });
  const where = v => v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(" | ");
  return found.violations.map(v => `${v.id}: ${v.help} – ${where(v)}`);
}"""
BUILD = """() => {
  const TOLD = new Set(["href", "src", "value", "content", "datetime", "title", "alt", "aria-label", "action"]);
  const build = e => {
    if (e.nodeType === Node.TEXT_NODE) return e.data.trim() ? "t" : "";
    if (e.nodeType !== Node.ELEMENT_NODE) return "";
    const names = e.getAttributeNames().sort().map(n => {
      const value = e.getAttribute(n);
      return TOLD.has(n) ? `${n}:${value.trim() ? "t" : ""}` : `${n}=${value.replace(/[0-9a-f]{8,}|[0-9]+/g, "N")}`;
    });
    const parts = [...new Set([...e.childNodes].map(build))].join("");
    return `<${e.tagName} ${names.join(" ")}>${parts}</>`;
  };
  return build(document.documentElement);
}"""
"""How a page is built: elements, attributes and where there is text, with equal ones beside one another named once."""
HAS_FOCUS = """e => {
  const at = document.activeElement;
  return e === at || (e.type === "radio" && e.form !== null && at.name === e.name && at.form === e.form);
}"""
WIDE, ZOOMED, NARROW = {"width": 1280, "height": 900}, {"width": 640, "height": 450}, {"width": 320, "height": 640}


@cache
def axe() -> str:
    """The checker's own script."""
    return AXE.read_text(encoding="utf-8")


looked_through: set[tuple[int, bytes]] = set()
"""What axe has looked through in this process: a width, and how the page was built (a digest of it)."""


def watch(page: Page, url: str, faults: list[str]) -> None:
    """Note whatever a page does wrong by itself."""
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda message: (
            faults.append(f"{page.url}: {message.text}")
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    page.on("request", lambda asked: faults.append(asked.url) if not asked.url.startswith((url, "data:")) else None)


class Visit:
    """A window. Its words are those of a person: go, press, choose, write, see."""

    def __init__(self, page: Page, url: str, *, javascript: bool) -> None:
        self.page, self.url, self.javascript = page, url, javascript

    def go(self, address: str) -> Response | None:
        """Open an address."""
        return self.page.goto(address)

    def press(self, text: str, *, exact: bool = True, within: str = "main") -> None:
        """Press a button or follow a link by its words."""
        place = self.page.locator(within)
        found = place.get_by_role("button", name=text, exact=exact).or_(
            place.get_by_role("link", name=text, exact=exact)
        )
        found.first.click()

    def write(self, label: str, text: str) -> None:
        """Write in a field by its label."""
        self.page.get_by_label(label, exact=True).first.fill(text)

    def sees(self, text: str) -> None:
        """The words stand on the page."""
        expect(self.page.locator("body")).to_contain_text(text)

    def sees_heading(self, text: str) -> None:
        """The page is the one with this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(text)

    def sees_not(self, text: str) -> None:
        """The words do not stand on the page."""
        expect(self.page.locator("body")).not_to_contain_text(text)

    def field(self, name: str) -> Locator:
        """A field by the name it posts."""
        return self.page.locator(f'main [name="{name}"]:not([type=hidden])')

    # -- what holds for every page ---------------------------------------------------------------------------------

    def check(self) -> None:
        """The page as it stands: nothing axe finds, wide and narrow, and nothing to scroll sideways at 200 % zoom (a
        window of 1280 px is then one of 640) and at 320 px.
        """
        size = self.page.viewport_size
        try:
            self._check()
        except Error:  # not a finding: the page that a press leads to came in between
            self.page.wait_for_load_state("load")
            if size:
                self.page.set_viewport_size(size)
            self._check()
        if size:
            self.page.set_viewport_size(size)

    def _check(self) -> None:
        twice: list[str] = self.page.evaluate(
            "() => [...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i)"
        )
        assert not twice, f"{self.page.url}: ids that are there twice: {twice}"
        self.check_axe()
        self.page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
        self.check_width()
        self.check_narrow()

    def check_twice(self) -> None:
        """The page in the window as it is and in one of 320 px; then the window is as it was."""
        size = self.page.viewport_size
        self.check_axe()
        self.check_narrow()
        if size:
            self.page.set_viewport_size(size)

    def check_narrow(self) -> None:
        """The page in a window of 320 px, which stays so."""
        if self.page.viewport_size != NARROW:
            self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        self.check_width()
        self.check_axe()

    def check_axe(self) -> None:
        """No violation of WCAG 2.2 AA that axe can find. A page that is built like one it has looked through, and says
        something else, would be found to be the same, and is not looked through again: that takes half a second.
        """
        size = self.page.viewport_size
        build = (size["width"] if size else 0, blake2b(self.page.evaluate(BUILD).encode(), digest_size=16).digest())
        if build in looked_through:
            return
        if not self.page.evaluate("() => typeof axe === 'object'"):
            self.page.evaluate(axe())
        found: list[str] = self.page.evaluate(RUN_AXE)
        assert not found, f"{self.page.url} ({self.page.viewport_size}):\n" + "\n".join(found)
        looked_through.add(build)

    def check_width(self) -> None:
        """Nothing to scroll sideways."""
        wide: dict[str, Any] = self.page.evaluate(
            """() => {
              const wide = document.documentElement.scrollWidth;
              const outside = [...document.querySelectorAll("body *")]
                .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
                .filter(e => getComputedStyle(e).position !== "absolute")
                .slice(0, 5).map(e => e.tagName + "." + e.className);
              return {wide, inner: innerWidth, outside};
            }"""
        )
        assert wide["wide"] <= wide["inner"], f"{self.page.url}: {wide}"

    # -- the keyboard ----------------------------------------------------------------------------------------------

    def tab_to(self, target: Locator, *, most: int = 120) -> None:
        """Go to something with the Tab key alone, and see where one is."""
        expect(target).to_have_count(1)
        for _ in range(most):
            if target.evaluate(HAS_FOCUS):
                self.check_focus()
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"not reached with Tab: {target}")

    def check_focus(self) -> None:
        """What has the focus can be seen, and is not hidden under something (WCAG 2.4.7, 2.4.11)."""
        seen: dict[str, Any] = self.page.evaluate(
            """() => {
              const e = document.activeElement, box = e.getBoundingClientRect(), look = getComputedStyle(e);
              const near = e.closest("label, .tick, .quiz-option, .card, li") || e;
              const shown = look.outlineStyle !== "none" || look.boxShadow !== "none" ||
                getComputedStyle(near).outlineStyle !== "none" || getComputedStyle(near).boxShadow !== "none";
              const x = box.left + Math.min(box.width, 40) / 2, y = box.top + Math.min(box.height, 40) / 2;
              const on = document.elementFromPoint(x, y);
              const hidden = box.height > 2 && on !== null && !e.contains(on) && !on.contains(e);
              return {shown, hidden, what: e.outerHTML.slice(0, 120)};
            }"""
        )
        assert seen["shown"], f"no focus to see on {seen['what']}"
        assert not seen["hidden"], f"covered: {seen['what']}"

    def key(self, *names: str) -> None:
        """Press keys, when the scripts of the page that is on its way have run too: no hand is quicker than that."""
        self.page.wait_for_load_state("load")
        for name in names:
            self.page.keyboard.press(name)
