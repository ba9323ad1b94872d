"""A reviewer's own comments to use again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from course.db.errors import DomainError
from course.db.session import current, writing
from course.runs.access import actor, run
from course.runs.contents import course_of
from course.web.audience import STAFF, audience
from course.web.clock import now

from . import forms, remarks
from .blueprint import bp


@bp.get("/runs/<int:run_id>/reviews/comments")
@audience(*STAFF)
def comments(run_id: int) -> ResponseReturnValue:
    """One's own comments, and those that come with the course."""
    return _page()


def _page(title: str = "", text: str = "", refusal: DomainError | None = None) -> ResponseReturnValue:
    body = render_template(
        "reviews/comments.html",
        run=run(),
        own=remarks.saved_comments(current(), actor().person_id),
        given=course_of(current(), run()).comments,
        title=title,
        text=text,
        refusal=refusal,
    )
    return body, refusal.status if refusal else 200


@bp.post("/runs/<int:run_id>/reviews/comments")
@audience(*STAFF)
def keep_comment(run_id: int) -> ResponseReturnValue:
    """Keep a comment; one with the same title is replaced."""
    title, of_title = forms.without_red(request.form.get("title", ""))
    text, of_text = forms.without_red(request.form.get("text", ""))
    try:
        with writing() as session:
            kept = remarks.keep_comment(session, actor=actor(), now=now(), title=title, text=text)
    except DomainError as refusal:
        return _page(title, text, refusal)
    flash(" ".join(filter(None, (f"»{kept}« er gemt.", forms.replaced_words(of_title + of_text)))), "success")
    return redirect(url_for("reviews.comments", run_id=run_id), 303)


@bp.post("/runs/<int:run_id>/reviews/comments/<int:comment_id>/delete")
@audience(*STAFF)
def forget_comment(run_id: int, comment_id: int) -> ResponseReturnValue:
    """Delete one of one's own comments."""
    with writing() as session:
        remarks.forget_comment(session, actor=actor(), comment_id=comment_id)
    flash("Bemærkningen er slettet.", "success")
    return redirect(url_for("reviews.comments", run_id=run_id), 303)
