"""A FastAPI application with one route that imports SQLModel: the least that one of this kind starts with."""

from fastapi import FastAPI
from sqlmodel import Field, SQLModel

app = FastAPI()


class Person(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str


@app.get("/")
def first() -> Person:
    return Person(id=1, name="Ada Quill")
