"""Listed: the pages of lists, as OpenAPI documents them."""

from typing import Any, Literal, Union, cast

from pydantic import BaseModel, Field, create_model

from app.facts import KINDS
from app.facts.base import Kind
from app.http.shapes import Empty, FacetValue, MatchedThrough, Total


class Range(BaseModel):
    """Where something stands in a text."""

    start: int = Field(description="First code point, counted from 0.")
    end: int = Field(description="The code point after the last.")


class Highlight(BaseModel):
    """A text in which something stands that was searched for."""

    field: str = Field(description="The dotted field; items of lists by number.")
    text: str = Field(description="The text.")
    ranges: list[Range] = Field(description="Where it stands.")
    html: str = Field(description="The text for HTML: escaped, what was found inside `<mark>`.")


def found_of(kind: Kind) -> type[BaseModel]:
    """A record of a kind in a list."""
    told = "With `q`: each text in which something stands that was searched for."
    fields: dict[str, Any] = {"highlights": (list[Highlight], Field(None, description=told))}
    name = f"{kind.public.__name__.removesuffix('Public')}Found"
    made = create_model(name, __base__=kind.public, __doc__=kind.public.__doc__, **fields)
    return cast(type[BaseModel], made)


FOUND = {name: found_of(kind) for name, kind in KINDS.items()}
RANKING = "With `q`: `relevance`, or `asked`, by `sort`."


def _page(name: str, told: str, items: Any) -> type[BaseModel]:
    onward = "Address of the next page, null on the last; also in the `Link` header."
    fields: dict[str, Any] = {
        "items": (list[items], Field(description="The records of this page.")),
        "next": (str | None, Field(description=onward)),
        "self": (str, Field(description="Address of this page.")),
        "edition": (int, Field(description="The edition that every item is of.")),
        "count": (Total, Field(None, description="With `count=true`.")),
        "facets": (dict[str, list[FacetValue]], Field(None, description="With `facets`: by filter.")),
        "ranking": (Literal["relevance", "asked"], Field(None, description=RANKING)),
        "matched_through": (
            list[MatchedThrough],
            Field(None, description="The filters that all items matched only by what no document says."),
        ),
        "empty": (Empty, Field(None, description="Where there are no items: why.")),
    }
    return cast(type[BaseModel], create_model(name, __doc__=told, **fields))


def page_of(kind: Kind) -> type[BaseModel]:
    """A page of a kind's list."""
    name = f"{kind.public.__name__.removesuffix('Public')}Page"
    return _page(name, f"A page of {kind.name}.", FOUND[kind.name])


SearchPage = _page("SearchPage", "A page of what was found.", Union[tuple(FOUND.values())])  # noqa: UP007
