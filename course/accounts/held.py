"""A text that was posted when the sign-in had run out: taken through sign-in and given back to the same
person.

Nothing is stored: the fields travel in the pages themselves, beside a signed note of whose they are and where
they were going. Passwords and files do not travel.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Response, current_app, make_response, render_template, request
from itsdangerous import BadData, URLSafeTimedSerializer

from course.web.errors import wants_json

from .forms import SignInForm
from .rules import Actor, safe_next

PREFIX = "held-"
NOTE = "held"
LARGEST, MOST = 1_800_000, 2000
KEPT_FOR = 14 * 24 * 3600
READABLE = 12
"""Texts of at least so many signs are shown on the page; the shorter ones are choices and numbers."""

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HeldText:
    """Posted fields, where they were going, and whose they are (None: nobody knows)."""

    path: str
    fields: Fields
    owner_id: int | None = None

    @property
    def texts(self) -> list[str]:
        """What a person would recognise as their own writing."""
        return [value for _, value in self.fields if len(value.strip()) >= READABLE and " " in value.strip()]

    @property
    def note(self) -> str:
        """The signed note that goes along through sign-in."""
        return _notes().dumps([self.owner_id, self.path])


def make_seed(person_id: int, random: str) -> str:
    """A seed of form tokens that tells whose forms they were."""
    return f"{person_id}-{random}"


def owner_of_seed(seed: str) -> int | None:
    """Whose forms a seed belongs to; None for a seed made before anybody signed in."""
    number, dash, _ = seed.partition("-")
    return int(number) if dash and number.isascii() and number.isdigit() else None


def sign_in_page(
    form: SignInForm,
    status: int = 200,
    *,
    text: HeldText | None = None,
    target: str | None = None,
    stale: bool = False,
) -> Response:
    """The sign-in page, with a text that goes along and the page somebody is on the way to.

    The demo, and only the demo, lists its people there.
    """
    demo = current_app.extensions.get("demo_accounts", ()) if current_app.config.get("DEMO") else ()
    page = render_template("accounts/sign_in.html", form=form, held=text, next=target, stale=stale, demo_accounts=demo)
    return make_response(page, status)


def is_script() -> bool:
    """Whether a script posted, which keeps the text itself."""
    return wants_json() or request.is_json


def is_from_elsewhere() -> bool:
    """Whether the browser says that another site made it send this."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is not None and origin != request.host_url.rstrip("/")


def check_form_token() -> None:
    """Refuse (CSRFError) a form whose token does not fit."""
    current_app.extensions["csrf"].protect()


def answer_unknown(ended_of: int | None) -> Response:
    """The sign-in page with the text in it; ``ended_of`` is the person whose sign-in has run out."""
    text = HeldText(asked_path(), _posted(), _owner_of_token() or ended_of)
    if _can_travel(text):
        return sign_in_page(SignInForm(formdata=None), 401, text=text)
    return _page(text, 401, signed_in_as=None)


def answer_stale(actor: Actor | None) -> Response:
    """The text again, with a new form token, for the person who wrote it."""
    if request.endpoint == "accounts.sign_in_post":
        return _sign_in_again()
    text = HeldText(asked_path(), _posted(), _owner_of_token())
    if actor is None and _can_travel(text):
        return sign_in_page(SignInForm(formdata=None), 401, text=text)
    if actor is not None and text.owner_id not in (None, actor.person_id):
        return not_yours()
    return _page(text, 400, signed_in_as=actor)


def taken_along() -> HeldText | None:
    """The text that came along with a posted sign-in form."""
    note = request.form.get(NOTE)
    if not note:
        return None
    try:
        owner_id, path = _notes().loads(note, max_age=KEPT_FOR)
    except (BadData, ValueError, TypeError):
        return None
    fields = tuple(
        (name.removeprefix(PREFIX), value) for name, value in request.form.items(multi=True) if name.startswith(PREFIX)
    )
    return HeldText(path, fields, owner_id)


def give_back(text: HeldText, actor: Actor) -> Response:
    """The text, for the person who has just signed in – if it is theirs."""
    return _page(text, 200, signed_in_as=actor) if text.owner_id == actor.person_id else not_yours()


def not_yours() -> Response:
    """Somebody else signed in: the text is not shown."""
    return make_response(render_template("accounts/not_yours.html"), 403)


def _sign_in_again() -> Response:
    form = SignInForm(formdata=None, email=request.form.get("email", "")[:254])
    return sign_in_page(form, 400, text=taken_along(), target=safe_next(request.form.get("next")), stale=True)


def _page(text: HeldText, status: int, *, signed_in_as: Actor | None) -> Response:
    page = render_template(
        "accounts/text_kept.html", held=text, actor_name=signed_in_as.name if signed_in_as else None,
        had_files=any(file.filename for file in request.files.values()),
    )  # fmt: skip
    return make_response(page, status)


def _can_travel(text: HeldText) -> bool:
    return text.owner_id is not None and len(text.fields) <= MOST and len(urlencode(text.fields)) <= LARGEST


def _posted() -> Fields:
    return tuple(
        (name, value)
        for name, value in request.form.items(multi=True)
        if not name.endswith("csrf_token") and "password" not in name.lower()
    )


def asked_path() -> str:
    """The path and query that were asked for, as they travel in an address."""
    query = request.query_string.decode("ascii", "ignore")
    path = quote(request.path)
    return safe_next(f"{path}?{query}" if query else path) or "/"


def _owner_of_token() -> int | None:
    """Whose form this was: told by the signed form token, even when the cookie it belonged to is gone."""
    token = request.form.get("csrf_token") or request.headers.get("X-CSRFToken") or ""
    try:
        seed = URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="wtf-csrf-token").loads(token)
    except BadData:
        return None
    return owner_of_seed(seed) if isinstance(seed, str) else None


def _notes() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="held-text")
