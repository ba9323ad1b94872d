"""Tables of people and of what proves who they are. Tokens are stored as hashes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from course.db.base import Base, PrimaryKey, Short


class Person(Base):
    """Somebody who can sign in. ``email`` is normalised (NFC, lower case, no white space around)."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[PrimaryKey]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[Short]
    title: Mapped[Short] = mapped_column(default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_administrator: Mapped[bool] = mapped_column(default=False)
    may_create_runs: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class SignIn(Base):
    """A signed-in browser. It ends by sign-out, revocation, idleness or age."""

    __tablename__ = "sign_in"

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    device: Mapped[Short] = mapped_column(default="")

    person: Mapped[Person] = relationship()


class ResetToken(Base):
    """A link to choose a new password; it works once. Its token is derived from ``nonce`` and the secret."""

    __tablename__ = "reset_token"

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    nonce: Mapped[str] = mapped_column(String(43))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RateCount(Base):
    """How often something was tried in a window of time. ``key`` is a hash: no address stands here."""

    __tablename__ = "rate_count"
    __table_args__ = (Index(None, "window_ends_at"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_ends_at: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]
