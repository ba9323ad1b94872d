"""A participant who writes without pause, through HTTP, and remembers what the server acknowledged."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import uuid4

from tests.drill.web import Answer, Browser, Fields, Lost
from tests.factories import case_data, form_of

ACTIVITY = "gp-05.case"
SLOT = "bad"
STEP = "events"
FIELD = "wanted"
SUBMIT_EVERY = 8
TWICE_EVERY = 5
DIGITS = ("nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni")
# The browser would wait for seconds before it tries again; here it is a moment.
MOMENT = 0.03
# Answers that promise nothing and may be followed by another try with the same id.
TRY_AGAIN = (502, 503, 504)


@dataclass(slots=True)
class Promised:
    """What the server has acknowledged to one participant, and how the sending went."""

    saves: dict[str, tuple[int, str]] = field(default_factory=dict)
    submissions: dict[str, str] = field(default_factory=dict)
    retries: int = 0
    twice: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.saves) + len(self.submissions)


class Writer(threading.Thread):
    """Saves new words again and again, sends its case every few saves and takes it back.

    Whatever is not answered is asked again with the same id, as the page in the browser does.
    """

    def __init__(self, browser: Browser, run_id: int, name: str, stopping: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.browser, self.stopping = browser, stopping
        self.place = f"/runs/{run_id}/activities/{ACTIVITY}/{SLOT}"
        self.promised = Promised()
        self.written = 0
        self.base_no = 0
        self.pool = ThreadPoolExecutor(1)

    def run(self) -> None:
        try:
            while not self.stopping.is_set() and not self.promised.faults:
                self.save()
                if self.written % SUBMIT_EVERY == 0:
                    self.submit()
                    self.withdraw()
        except Exception as error:
            self.promised.faults.append(f"{self.name} stopped: {error!r}")
        finally:
            self.pool.shutdown()

    def save(self) -> None:
        """Save a text that was never written before, until its revision is acknowledged."""
        self.written += 1
        text, save_id = words(self.name, self.written), str(uuid4())
        fields = {**whole_step(), "base_no": str(self.base_no), "save_id": save_id, FIELD: text}
        twin = None
        if self.written % TWICE_EVERY == 0:
            self.promised.twice += 1
            twin = self.pool.submit(self.acknowledged, "/autosave", fields)
        for answer in (self.acknowledged("/autosave", fields), twin.result() if twin else None):
            if answer is None:
                continue
            no = int(json.loads(answer.text)["no"])
            before = self.promised.saves.setdefault(save_id, (no, text))
            if before[0] != no:
                self.promised.faults.append(f"{self.name}: one save was acknowledged as {before[0]} and {no}")
            self.base_no = no

    def submit(self) -> None:
        """Send the case and read the receipt."""
        key = str(uuid4())
        questions = [str(number) for number in range(20)]
        fields = {"base_no": str(self.base_no), "submit_key": key, "check": questions}
        answer = self.until_answered("POST", f"{self.place}/submit", fields)
        if not answer.header("location").endswith("/receipt"):
            self.refused("sending", answer)
            return
        page = self.until_answered("GET", f"{self.place}/receipt", {})
        found = re.search(r"\b([2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4})\b", page.text)
        if found is None:
            self.promised.faults.append(f"{self.name}: a page without a receipt ({page.status})")
            return
        self.promised.submissions[key] = found[1]

    def withdraw(self) -> None:
        answer = self.until_answered("POST", f"{self.place}/withdraw", {})
        if answer.status not in (302, 303):
            self.refused("withdrawing", answer)

    def acknowledged(self, path: str, fields: Fields) -> Answer | None:
        """Post to the step until it is saved; None (and a fault) when the server refuses."""
        answer = self.until_answered("POST", f"{self.place}/steps/{STEP}{path}", fields)
        if answer.status == 200:
            return answer
        self.refused("saving", answer)
        return None

    def refused(self, what: str, answer: Answer) -> None:
        main = answer.text.partition("<main")[2] or answer.text
        told = " ".join(re.sub(r"<[^>]*>", " ", main).split())
        self.promised.faults.append(f"{self.name}: {what} was answered {answer.status}: {told[:500]}")

    def until_answered(self, method: str, path: str, fields: Fields) -> Answer:
        """Ask, and ask again, until there is a whole answer that decides something."""
        while True:
            try:
                answer = self.browser.post(path, fields) if method == "POST" else self.browser.get(path)
                if answer.status not in TRY_AGAIN:
                    return answer
            except Lost:
                pass
            self.promised.retries += 1
            self.stopping.wait(MOMENT)


def whole_step() -> dict[str, str | list[str]]:
    """Every field of the step: what a page does not post is taken for emptied."""
    asked = {field.id for field in form_of(ACTIVITY).step(STEP).fields}
    return {name: value for name, value in case_data().items() if name in asked}


def words(name: str, number: int) -> str:
    """A text of its own of about 600 characters, without digits or names that the guard would look at."""
    spelt = " ".join(DIGITS[int(digit)] for digit in str(number))
    return f"{name} skriver {spelt}: {case_data()['wanted'] * 6}"
