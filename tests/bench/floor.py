"""The floor: what this machine, server and database can do when the application does next to nothing.

One Flask view with one SELECT and one small template; another with a single INSERT. The engine is the
product's own, so that the database is set up alike (synchronous=FULL), and so is the server.
"""

import os
from pathlib import Path

from flask import Flask, render_template, request
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from course.config import Settings
from course.db.engine import WRITE, make_engine
from course.db.session import EXTENSION
from course.serve import serve

PAGE = """<!doctype html><html lang="da"><title>{{ person.name }}</title>
<h1>{{ person.name }}</h1><ul>{% for number in numbers %}<li>{{ number }}</li>{% endfor %}</ul>"""


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "floor_person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


class Line(Base):
    __tablename__ = "floor_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    text: Mapped[str]


def create_app(settings: Settings) -> Flask:
    """The floor's application, with 100 persons in its database."""
    app = Flask(__name__)
    template = app.jinja_env.from_string(PAGE)
    engine = make_engine(settings.database_url)
    app.extensions[EXTENSION] = engine
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Person(id=number, name=f"Person {number}") for number in range(1, 101))
        session.commit()
    engine.dispose()

    @app.get("/person/<int:number>")
    def person(number: int) -> str:
        with Session(engine) as session:
            found = session.scalars(select(Person).where(Person.id == number)).one()
            return render_template(template, person=found, numbers=range(10))

    @app.post("/person/<int:number>/line")
    def line(number: int) -> dict[str, int]:
        text = request.get_data(as_text=True)
        with Session(engine) as session:
            session.connection(execution_options={WRITE: True})
            row = Line(person_id=number, text=text)
            session.add(row)
            session.commit()
            return {"id": row.id}

    return app


if __name__ == "__main__":
    given = Settings.load(os.environ, Path.cwd())
    serve(given, app=create_app(given))
