"""FastAPI and SQLModel as their tutorials teach it: models with relationships, a session for each request, models out.

`/joined` reads what belongs to the rows with them (`selectinload`), which the tutorials leave for later.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import text
from sqlalchemy.orm import selectinload
from sqlmodel import Field, Relationship, Session, SQLModel, col, create_engine, select
from sqlmodel.sql.expression import SelectOfScalar

from tests.bench.rivals.queries import SEARCH

URL = os.environ["BENCH_URL"]
engine = create_engine(URL, connect_args={"check_same_thread": False} if URL.startswith("sqlite") else {})
app = FastAPI()


class Named(SQLModel):
    id: str = Field(primary_key=True)
    name: str


class Person(Named, table=True):
    __tablename__ = "people"


class Event(Named, table=True):
    __tablename__ = "events"
    date: str


class StatementTopic(SQLModel, table=True):
    __tablename__ = "statement_topics"
    statement_id: str = Field(foreign_key="statements.id", primary_key=True)
    topic_id: str = Field(foreign_key="topics.id", primary_key=True)


class Topic(Named, table=True):
    __tablename__ = "topics"


class CitationBase(SQLModel):
    document: str
    sentence: str
    start: int
    end: int
    sha256: str
    supports: str
    exact: str | None


class Citation(CitationBase, table=True):
    __tablename__ = "citations"
    id: int = Field(primary_key=True)
    statement_id: str = Field(foreign_key="statements.id", index=True)


class StatementBase(SQLModel):
    id: str = Field(primary_key=True)
    date: str
    attribution: str
    voice: str
    directness: str
    act: str
    paraphrase: str
    quotation: str | None
    hedge: str | None


class Statement(StatementBase, table=True):
    __tablename__ = "statements"
    speaker_id: str = Field(foreign_key="people.id")
    event_id: str = Field(foreign_key="events.id")
    speaker: Person = Relationship()
    event: Event = Relationship()
    topics: list[Topic] = Relationship(link_model=StatementTopic)
    citations: list[Citation] = Relationship()


class StatementPublic(StatementBase):
    speaker: Named
    event: Named
    topics: list[Named]
    citations: list[CitationBase]


class Hit(StatementBase):
    speaker: str
    event: str
    snippet: str


JOINED = [
    selectinload(getattr(Statement, name))  # SQLModel types a relationship as what it holds
    for name in ("speaker", "event", "topics", "citations")
]
NEWEST_FIRST = col(Statement.date).desc(), col(Statement.id)


def session() -> Iterator[Session]:
    with Session(engine) as opened:
        yield opened


Opened = Annotated[Session, Depends(session)]


@app.get("/statements/{id}", response_model=StatementPublic)
def item(id: str, session: Opened) -> Statement:
    return found(session.get(Statement, id))


@app.get("/joined/statements/{id}", response_model=StatementPublic)
def joined_item(id: str, session: Opened) -> Statement:
    return found(session.exec(select(Statement).where(Statement.id == id).options(*JOINED)).one_or_none())


def found(statement: Statement | None) -> Statement:
    if statement is None:
        raise HTTPException(404, "Statement not found")
    return statement


@app.get("/statements", response_model=list[StatementPublic])
def some(session: Opened, speaker: str | None = None, offset: int = 0, limit: int = 50) -> Sequence[Statement]:
    return session.exec(listed(speaker, offset, limit)).all()


@app.get("/joined/statements", response_model=list[StatementPublic])
def joined_some(session: Opened, speaker: str | None = None, offset: int = 0, limit: int = 50) -> Sequence[Statement]:
    return session.exec(listed(speaker, offset, limit).options(*JOINED)).all()


def listed(speaker: str | None, offset: int, limit: int) -> SelectOfScalar[Statement]:
    asked = select(Statement).order_by(*NEWEST_FIRST).offset(offset).limit(limit)
    return asked.where(Statement.speaker_id == speaker) if speaker else asked


@app.get("/search", response_model=list[Hit])
def search(q: str, session: Opened) -> Sequence[Any]:
    return session.connection().execute(text(SEARCH), {"q": q}).mappings().all()
