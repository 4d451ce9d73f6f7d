"""The tables beside the kinds': editions, bundles, changes, and what facts are found by."""

from sqlalchemy import BigInteger, Integer, LargeBinary
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from app.facts.base import text_column

MARKED = "relation LIKE 'caveats.%'"  # the links that say which kinds of caveats a fact has


class Edition(SQLModel, table=True):
    """One load; `digest` chains the contents of all loads so far, so that it names this history and no other."""

    __tablename__ = "editions"

    edition: int = Column(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: str = Column(sa_type=text_column())
    digest: str = Column(sa_type=text_column())
    changes: str = Column(sa_type=text_column())  # JSON: {change: how many}
    republished: str = Column(sa_type=text_column())  # JSON: {kind: how many got a new version for their references}


class BundleVersion(SQLModel, table=True):
    """A bundle as it was loaded, byte for byte; `number` is its place in the order of first loads."""

    __tablename__ = "bundles"

    row: int = Column(primary_key=True, sa_type=Integer)
    id: str = Column(sa_type=text_column(), index=True)
    number: int
    since_edition: int
    until_edition: int
    sha256: str = Column(sa_type=text_column())
    content: bytes = Column(sa_type=LargeBinary)


class Change(SQLModel, table=True):
    """One change of a fact's own entry, in the order in which it was made."""

    __tablename__ = "changes"

    row: int = Column(primary_key=True, sa_type=Integer)
    edition: int
    fact: str = Column(sa_type=text_column(), index=True)
    name: str = Column(sa_type=text_column())
    bundle: str = Column(sa_type=text_column())
    change: str = Column(sa_type=text_column())
    revision: int
    reason: str | None = Column(sa_type=text_column())
    evidence: str | None = Column(sa_type=text_column())  # JSON: a published citation, or an address
    into: str | None = Column(sa_type=text_column())  # JSON: the facts that a merged or split one became
    by: str | None = Column(sa_type=text_column())


class Corroboration(SQLModel, table=True):
    """What a bundle says of another's fact, by version."""

    __tablename__ = "corroborations"

    row: int = Column(primary_key=True, sa_type=Integer)
    bundle: str = Column(sa_type=text_column())
    fact: str = Column(sa_type=text_column())
    since_edition: int
    until_edition: int
    revision: int
    entry: str = Column(sa_type=text_column())  # JSON: as the bundle writes it


class Erasure(SQLModel, table=True):
    """The tombstone of a bundle that was erased; `contents` (JSON) are the digests of what is not loaded again."""

    __tablename__ = "erasures"

    row: int = Column(primary_key=True, sa_type=Integer)
    bundle: str = Column(sa_type=text_column(), index=True)
    edition: int
    reason: str = Column(sa_type=text_column())
    contents: str = Column(sa_type=text_column())


class HeldText(SQLModel, table=True):
    """The text of a document, where the operator chose to keep it."""

    __tablename__ = "texts"

    document: str = Column(primary_key=True, sa_type=text_column())
    content: bytes = Column(sa_type=LargeBinary)


class Key(SQLModel, table=True):
    """Who may write; `hash` is the SHA-256 of the secret part of the token, which itself is not kept."""

    __tablename__ = "keys"

    id: str = Column(primary_key=True, sa_type=text_column())
    name: str = Column(sa_type=text_column())
    hash: str = Column(sa_type=text_column())
    created_at: str = Column(sa_type=text_column())
    revoked_at: str | None = Column(sa_type=text_column())


class Link(SQLModel, table=True):
    """What a version of a fact refers to or is found by: (relation, target), one row each.

    `day_down` and `place_in_document` are the version's, the first 0 where lists of its kind are not ordered by day.
    """

    __tablename__ = "links"

    link: int = Column(primary_key=True, sa_type=BigInteger().with_variant(Integer(), "sqlite"))
    kind: str = Column(sa_type=text_column())
    row: int = Column(sa_type=BigInteger)
    relation: str = Column(sa_type=text_column())
    target: str = Column(sa_type=text_column())
    day_down: int
    place_in_document: int = Column(sa_type=BigInteger)


class Cited(SQLModel, table=True):
    """The places that a version of a fact cites."""

    __tablename__ = "cited"

    cited: int = Column(primary_key=True, sa_type=BigInteger().with_variant(Integer(), "sqlite"))
    kind: str = Column(sa_type=text_column())
    row: int = Column(sa_type=BigInteger)
    document: str = Column(sa_type=text_column())
    sentence: str = Column(sa_type=text_column())
    start: int
    end: int


class Reading(SQLModel, table=True):
    """The days of each reading of a fact whose sentences differ on its date."""

    __tablename__ = "readings"

    reading: int = Column(primary_key=True, sa_type=BigInteger().with_variant(Integer(), "sqlite"))
    kind: str = Column(sa_type=text_column())
    row: int = Column(sa_type=BigInteger)
    earliest: str = Column(sa_type=text_column())
    latest: str = Column(sa_type=text_column())


class FirstPage(SQLModel, table=True):
    """The first page of a long list by one value of a filter, as it is since an edition: its bodies joined by commas.

    `last` (JSON) are the keys of its last row, after which the list goes on.
    """

    __tablename__ = "first_pages"

    page: int = Column(primary_key=True, sa_type=BigInteger().with_variant(Integer(), "sqlite"))
    kind: str = Column(sa_type=text_column())
    filter: str = Column(sa_type=text_column())
    value: str = Column(sa_type=text_column())
    since_edition: int
    last: str = Column(sa_type=text_column())
    bodies: bytes = Column(sa_type=LargeBinary)


METADATA = SQLModel.metadata
__all__ = [
    "METADATA",
    "BundleVersion",
    "Change",
    "Cited",
    "Corroboration",
    "Edition",
    "Erasure",
    "FirstPage",
    "HeldText",
    "Key",
    "Link",
    "Reading",
]
