"""Filling in the forms of the course, whatever fields they have: with the mouse, or with the keyboard alone."""

from __future__ import annotations

from course.content.catalogue import Field, Form, Step
from tests.browser.visit import Visit
from tests.factories import form_of

LONG = (
    "Patienten havde haft ondt i lang tid og ville gerne blive på arbejdet. Jeg spurgte, hvad der var svært på en "
    "almindelig dag, og vi aftalte at tale sammen igen efter et par uger, hvor jeg også ville høre fra arbejdspladsen."
)
SHORT = "mange løft over skulderen"
CASE: Form = form_of("gp-05.case")


def fill(window: Visit, step: Step, *, text: str = LONG, only_required: bool = False) -> None:
    """Answer every field of a step."""
    for field in step.fields:
        if field.required or not only_required:
            fill_field(window, field, text)


def first_option(field: Field) -> str:
    """The first thing one can choose."""
    return next(option.id for option in field.options)


def fill_field(window: Visit, field: Field, text: str = LONG) -> None:
    """Answer one field."""
    page = window.page
    typed = {"text": text, "line": SHORT, "date": "2027-01-15", "number": "3"}
    if field.type in typed:
        page.locator(f"#{field.id}").fill(typed[field.type])
    elif field.type == "choice" and len(field.options) > 8:
        page.locator(f"#{field.id}").select_option(field.options[1].id)
    elif field.type in {"choice", "choices"}:
        page.locator(f'label[for="{field.id}-{first_option(field)}"]').click()
    elif field.type == "scale":
        page.locator(f"#{field.id}-4").check()
    elif field.type == "profile":
        for column in field.columns:
            page.locator(f'label[for="{field.id}-{column.id}-2"]').click()
    elif field.type == "tally":
        page.locator(f'label[for="{field.id}-0-{next(iter(field.columns)).id}"]').click()
    else:
        fill_several(window, field)


def fill_several(window: Visit, field: Field) -> None:
    """Answer a list of lines or a table."""
    if field.type == "rows":
        fill_rows(window, field)
        return
    for place in range(field.min_items or 3):
        window.page.locator(f"#{field.id}-{place}").fill(f"det var travlt den dag, grund {place}")


def fill_rows(window: Visit, field: Field) -> None:
    """Answer the first rows of a table."""
    for place in range(field.min_items or 1):
        for column in field.columns:
            cell = window.page.locator(f"#{field.id}-{place}-{column.id}")
            if column.type == "choice":
                cell.select_option(column.options[place % len(column.options)].id)
            else:
                cell.fill("set derfra gav det god mening at vente")


def fill_by_keyboard(window: Visit, step: Step) -> None:
    """Answer every required field of a step with Tab, Space, arrows and letters."""
    page = window.page
    for field in step.fields:
        if not field.required:
            continue
        if field.type == "choice" and len(field.options) > 8:
            window.tab_to(page.locator(f"#{field.id}"))
            window.key("ArrowDown", "ArrowDown")
        elif field.type in {"choice", "choices"}:
            window.tab_to(page.locator(f"#{field.id}-{first_option(field)}"))
            window.key("Space")
        elif field.type == "profile":
            for column in field.columns:
                window.tab_to(page.locator(f"#{field.id}-{column.id}-0"))
                window.key("Space", "ArrowDown")
        else:
            window.tab_to(page.locator(f"#{field.id}"))
            page.keyboard.insert_text(LONG if field.type == "text" else SHORT)


def write_case(window: Visit, *, check: bool = False) -> None:
    """Write a whole case from its first step, up to the page from which it is sent."""
    for step in CASE.steps:
        window.sees_heading(step.title)
        fill(window, step)
        if check:
            window.check()
        window.press("Gem og se det igennem" if step is CASE.steps[-1] else "Gem og fortsæt")
    window.sees_heading("Se igennem og send")


def send_case(window: Visit) -> None:
    """Confirm the questions to oneself and send."""
    keep_every_word(window)
    for number in range(len(CASE.self_check)):
        window.page.locator(f'label[for="check-{number}"]').click()
    window.press("Send forløbet")
    window.sees_heading("Tak, vi har modtaget forløbet")


def keep_every_word(window: Visit) -> None:
    """Look at each word that was found, and keep it."""
    for place in range(window.page.locator(".word").count()):
        window.page.locator(f'label[for="pick-{place}-keep"]').click()
