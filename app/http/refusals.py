"""Refusals: what OpenAPI says of the answers that are problems."""

from typing import Any

from pydantic import BaseModel, Field


class ParameterFault(BaseModel):
    """What is wrong with one parameter."""

    parameter: str = Field(description="Its name.")
    message: str = Field(description="What is wrong.")
    value: str | None = Field(None, description="The value given.")
    nearest: str | None = Field(None, description="The nearest known name or value.")


class BodyFault(BaseModel):
    """What is wrong with one value of a body."""

    pointer: str = Field(description="Its JSON pointer (RFC 6901); empty for the body itself.")
    line: int | None = Field(description="The line on which it stands, from 1.")
    message: str = Field(description="What is wrong.")
    mend: str = Field(description="How to mend it, with the nearest known name or value; may be empty.")


class ProblemDocument(BaseModel):
    """A problem (RFC 9457)."""

    type: str = Field(description="Address of the page that explains it.")
    title: str = Field(description="What the type means.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened to this request.")
    mend: str = Field(description="How to mend the request.")
    address: str = Field(alias="try", description="An address near to the one asked for that works.")
    errors: list[ParameterFault | BodyFault] | None = Field(
        None, description="Each parameter, or each value of the body, at fault."
    )
    nearest: list[str] | None = Field(None, description="The nearest addresses that exist.")
    available: list[str] | None = Field(None, description="The media types that the address has.")
    faults: list[BodyFault] | None = Field(
        None, description="Each fault of a bundle; after 50 the last one says how many more there are."
    )


class ProblemType(BaseModel):
    """A type of problem."""

    type: str = Field(description="Address of its page.")
    title: str = Field(description="What it is called.")
    status: int = Field(description="The HTTP status.")
    about: str = Field(description="What it means.")
    mend: str = Field(description="How to mend the request.")


SAID = {
    304: "Not changed since the tag in If-None-Match.",
    308: "Merged into another record.",
    400: "Not readable, or a cursor of another request.",
    401: "No token of a key that is in use.",
    404: "Not there.",
    405: "Not by this method.",
    406: "Not in a form that Accept asks for.",
    408: "The body took too long to arrive.",
    409: "Others refer to what would go.",
    410: "Taken back, or split.",
    412: "Not the bundle that the tag names.",
    413: "The body is too large.",
    415: "The body is no plain JSON.",
    416: "No byte of the file is in the range.",
    422: "A parameter, or a value of the body, is not valid.",
    428: "Replacing a bundle needs its tag.",
    503: "Not to be read or written just now.",
    507: "No room left.",
}


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of these statuses."""
    told: dict[str, Any] = {"model": ProblemDocument, "content": {"application/problem+json": {}}}
    shared = {400, 405} | ({406} if 304 in statuses else set())  # any address may be too long, any method wrong
    every = sorted({*shared, *statuses})
    return {status: {"description": SAID[status], **({} if status == 304 else told)} for status in every}
