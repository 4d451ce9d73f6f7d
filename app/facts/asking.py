"""What may be asked of a list: filters declared one a line, and the parameters that every list takes."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.facts import lists
from app.facts.base import Fact
from app.facts.parts import Ref, SentenceRef, Slug

Sort = Literal["date", "-date", "name", "-name", "id", "-id", "edition", "-edition"]
ORDER = (
    "The order, `-` for descending; ties, and everything where no order is given, keep the document's order. With `q` "
    "the default is relevance."
)
SpendingSort = Sort | Literal["time_period", "-time_period", "obs_value", "-obs_value"]


@dataclass(frozen=True, slots=True)
class By:
    """Keeps facts whose column has one of the values; with `tree`, or a value that lies within one of them.

    Of those that are `laid`, the first page of each long list by one value is laid together when facts are loaded.
    """

    column: str
    tree: str | None = None
    laid: bool = False
    wider: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Linked:
    """Keeps facts that refer by this relation to one of the values; with `tree`, or to something within one."""

    relation: str
    tree: str | None = None


@dataclass(frozen=True, slots=True)
class HeldIn:
    """Keeps organisations in which somebody holds an office of one of these names."""


@dataclass(frozen=True, slots=True)
class Common:
    """A filter that every kind has; `store.selecting` knows how it is asked."""

    name: str


Entities = list[str]
AnyEntity = Ref(("people", "organisations", "places", "events", "topics", "documents", "statements", "spending"))


class Query(BaseModel):
    """The parameters of a list; a filter given several times, or with commas, keeps what matches any of its values."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    table: ClassVar[type[Fact]]

    q: Annotated[str | None, Common("q")] = Field(
        None,
        description='All of these words stand in it; `"some words"` in a row; `wor*` goes on, from two letters.',
        examples=["ukrain*"],
    )
    ids: Annotated[list[Slug], Common("ids")] = Field([], description="These ids.")
    document: Annotated[Entities, Ref(("documents",)), Common("document")] = Field(
        [], description="Cited from, or described in the bundle of, this document."
    )
    sentence: Annotated[list[SentenceRef], Common("sentence")] = Field(
        [], description="Cites this sentence, `paragraph.sentence`; of any document unless `document` is given."
    )
    basis: Annotated[list[lists.Basis], Common("basis")] = Field([], description="How the fact is known.")
    caveat: Annotated[list[lists.CaveatKind], Common("caveat")] = Field([], description="Has a caveat of this kind.")
    mentions: Annotated[Entities, AnyEntity, Common("mentions")] = Field(
        [], description="Refers to this record by any relation, or by a mention inside one of its citations."
    )
    from_: Annotated[str | None, Common("from")] = Field(
        None,
        alias="from",
        description="On this day or later: any day that the fact's date allows.",
        examples=["2025-02-12"],
    )
    to: Annotated[str | None, Common("to")] = Field(
        None, description="On this day or earlier: any day that the fact's date allows.", examples=["2025-02-16"]
    )
    on: Annotated[str | None, Common("on")] = Field(
        None, description="On this day: any day that the fact's date allows.", examples=["2025-02-13"]
    )
    sort: SpendingSort | None = Field(None, description=ORDER)
    limit: int = Field(50, ge=1, le=1000, description="Items on a page.")
    cursor: str | None = Field(None, description="Where to go on: the `next` of a page before.")
    as_of: str | None = Field(
        None, description="The facts as they stood: an edition (digits), or an instant (RFC 3339, with Z)."
    )
    count: bool = Field(False, description="Also tell how many there are, exact up to a limit.")
    facets: list[str] = Field(
        [],
        description="Also tell how the list divides by these filters: how many facts have each value asked for and "
        "each of the 100 most frequent. Of a long list its first facts are divided, and each `relation` is `gte`.",
        examples=[["basis"]],
    )
    fields: list[str] = Field(
        [], description="Only these fields, dotted for parts (`date.edtf`), or `compact`.", examples=[["id", "name"]]
    )
    format: Literal["json", "ndjson", "csv"] | None = Field(
        None,
        description="`ndjson`: a body a line; `csv`: a flat row each. Without `limit` and `cursor` all that matches is "
        "sent, of one edition; a whole list by days or names as it was loaded unless `sort` says otherwise. It goes "
        "before `Accept`.",
    )
