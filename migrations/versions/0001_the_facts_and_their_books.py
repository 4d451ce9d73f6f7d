"""The facts and their books."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")  # ordered by code points on both engines
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite counts up its INTEGER keys only
CURRENT = sa.text("until_edition = 2147483647")
MERGED = sa.text("change = 'merged'")
VERSIONS = ("since_edition", "until_edition")
PLACE = ("place_in_document", "row")
DAYS = ("earliest", "latest", "readings")
EDITION = ("since_edition", *PLACE, "until_edition")
CAVEATS = sa.text("relation LIKE 'caveats.%'")
BY_DAY, BY_NAME, BY_PLACE = ("day_down", *PLACE), ("name_key", *PLACE), PLACE  # the orders of lists


def key(name: str) -> sa.Column[int]:
    return sa.Column(name, KEY, primary_key=True)


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False)


def maybe(name: str) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=True)


def whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def long(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def real(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float(), nullable=False)


def blob(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def kind(name: str, order: tuple[str, ...], *own: sa.Column[Any], unfiltered: tuple[str, ...] = ()) -> None:
    """A kind's table: the columns of every kind and its own, with an index for each order and each filtered column."""
    op.create_table(
        name,
        key("row"),
        text("id"),
        whole("since_edition"),
        whole("until_edition"),
        whole("revision"),
        text("bundle"),
        text("basis"),
        text("name"),
        text("name_key"),
        long("place_in_document"),
        text("earliest"),
        text("latest"),
        whole("day_up"),
        whole("day_down"),
        flag("readings"),
        *own,
        blob("body"),  # what is long comes last: SQLite goes through it to reach a column after it
        blob("texts"),
        blob("line"),
    )
    op.create_index(f"uq_{name}_current", name, ["id"], unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT)
    for day in ("day_down", "day_up"):
        index(name, day, day, *PLACE, *VERSIONS, *DAYS)
    index(name, "name_key", *BY_NAME, *VERSIONS)
    index(name, "name_down", sa.text("name_key DESC"), *PLACE, *VERSIONS)
    index(name, "document", *PLACE, *VERSIONS)
    index(name, "id", "id", "row", *VERSIONS)
    filtered = [column.name for column in own if column.name not in unfiltered]
    index(name, "edition", *EDITION, *order[: -len(PLACE)], *DAYS, "bundle", "basis", *filtered)
    index(name, "edition_down", sa.text("since_edition DESC"), *PLACE, "until_edition")
    index(name, "bundle", "bundle", *order, *VERSIONS)
    index(name, "basis", "basis", *order, *VERSIONS)
    for column in own:
        if column.name not in unfiltered:
            there = sa.text(f"{column.name} IS NOT NULL") if column.nullable else None
            index(name, column.name, column.name, *order, *VERSIONS, where=there)


def index(table: str, name: str, *columns: Any, where: sa.TextClause | None = None) -> None:
    op.create_index(f"ix_{table}_{name}", table, columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    entities()
    reports()
    figures()
    books()
    changes()
    writers()
    finders()
    laid()
    searched()


def entities() -> None:
    """Documents, and what they tell of."""
    kind("documents", BY_NAME, text("kind"), maybe("language"), blob("sentences"), unfiltered=("sentences",))
    kind("places", BY_NAME, text("kind"), maybe("within"), maybe("country"), unfiltered=("country",))
    kind("topics", BY_NAME, maybe("broader"))
    kind("organisations", BY_NAME, text("kind"), maybe("country"))
    kind("people", BY_NAME)
    kind(
        "events",
        BY_DAY,
        text("kind"),
        maybe("status"),
        maybe("place"),
        maybe("country"),
        maybe("organisation"),
        maybe("series"),
        maybe("part_of"),
    )


def reports() -> None:
    """Who came and what was said."""
    kind(
        "attendees",
        BY_DAY,
        text("kind"),
        text("event"),
        maybe("person"),
        maybe("country"),
        maybe("organisation"),
        text("status"),
        maybe("capacity"),
        flag("named"),
        maybe("place"),
    )
    kind(
        "statements",
        BY_DAY,
        maybe("speaker"),
        maybe("speaker_country"),
        maybe("position_of"),
        text("voice"),
        maybe("directness"),
        text("act"),
        maybe("event"),
        maybe("place"),
        maybe("country"),
        flag("hedged"),
        flag("may_quote"),
    )


def figures() -> None:
    """Figures, mentions and doubts."""
    kind(
        "spending",
        BY_DAY,
        text("measure"),
        maybe("time_period"),
        maybe("unit_measure"),
        text("obs_status"),
        maybe("asserted_by"),
        real("value_up"),
        real("value_down"),
        unfiltered=("value_up", "value_down"),
    )
    for column in ("value_up", "value_down"):
        index("spending", column, column, *PLACE, *VERSIONS)
    kind(
        "mentions",
        BY_PLACE,
        text("entity"),
        text("form"),
        text("sentence"),
        whole("start"),
        whole("end"),
        unfiltered=("sentence", "start", "end"),
    )
    kind("caveats", BY_PLACE, text("kind"), maybe("field"), text("decision"))


def books() -> None:
    """What was loaded when, and the texts that are held."""
    op.create_table(
        "editions",
        sa.Column("edition", sa.Integer(), primary_key=True, autoincrement=False),
        text("at"),
        text("digest"),
        text("changes"),
        text("republished"),
    )
    op.create_table(
        "bundles",
        sa.Column("row", sa.Integer(), primary_key=True),
        text("id"),
        whole("number"),
        whole("since_edition"),
        whole("until_edition"),
        text("sha256"),
        blob("content"),
    )
    index("bundles", "id", "id")
    op.create_table("texts", sa.Column("document", TEXT, primary_key=True), blob("content"))


def changes() -> None:
    """What changed, and what documents say of each other's facts."""
    op.create_table(
        "changes",
        sa.Column("row", sa.Integer(), primary_key=True),
        whole("edition"),
        text("fact"),
        text("name"),
        text("bundle"),
        text("change"),
        whole("revision"),
        maybe("reason"),
        maybe("evidence"),
        maybe("into"),
        maybe("by"),
    )
    index("changes", "fact", "fact")
    op.create_index("ix_changes_edition", "changes", ["edition", "row"])
    op.create_index("ix_changes_merged", "changes", ["fact"], sqlite_where=MERGED, postgresql_where=MERGED)
    op.create_table(
        "corroborations",
        sa.Column("row", sa.Integer(), primary_key=True),
        text("bundle"),
        text("fact"),
        whole("since_edition"),
        whole("until_edition"),
        whole("revision"),
        text("entry"),
    )
    index("corroborations", "fact", "fact", *VERSIONS)
    index("corroborations", "bundle", "bundle", *VERSIONS)
    op.create_table(
        "erasures",
        sa.Column("row", sa.Integer(), primary_key=True),
        text("bundle"),
        whole("edition"),
        text("reason"),
        text("contents"),
    )
    index("erasures", "bundle", "bundle")


def writers() -> None:
    """Who may write."""
    op.create_table(
        "keys",
        sa.Column("id", TEXT, primary_key=True),
        text("name"),
        text("hash"),
        text("created_at"),
        maybe("revoked_at"),
    )


def finders() -> None:
    """What facts are found by beside their own columns."""
    op.create_table(
        "links",
        key("link"),
        text("kind"),
        long("row"),
        text("relation"),
        text("target"),
        whole("day_down"),
        long("place_in_document"),
    )
    index("links", "target", "target", "kind", "relation", *BY_DAY)
    index("links", "row", "kind", "row")
    index("links", "caveat", "kind", "relation", "row", where=CAVEATS)
    op.create_table(
        "cited",
        key("cited"),
        text("kind"),
        long("row"),
        text("document"),
        text("sentence"),
        whole("start"),
        whole("end"),
    )
    index("cited", "sentence", "sentence", "document", "kind", "row")
    index("cited", "document", "document", "kind", "row")
    index("cited", "row", "kind", "row")
    op.create_table("readings", key("reading"), text("kind"), long("row"), text("earliest"), text("latest"))
    index("readings", "row", "kind", "row")


def laid() -> None:
    """What is laid together of long lists."""
    op.create_table(
        "first_pages",
        key("page"),
        text("kind"),
        text("filter"),
        text("value"),
        whole("since_edition"),
        text("last"),
        blob("bodies"),
    )
    index("first_pages", "value", "value", "kind", "filter")


TABLES = (
    "search",
    "documents",
    "places",
    "topics",
    "organisations",
    "people",
    "events",
    "attendees",
    "statements",
    "spending",
    "mentions",
    "caveats",
    "editions",
    "bundles",
    "changes",
    "corroborations",
    "erasures",
    "texts",
    "keys",
    "links",
    "cited",
    "readings",
    "first_pages",
)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def searched() -> None:
    """The words of every version of a fact, as tokens of our own; an index without the texts themselves."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search USING fts5(tokens, content='', columnsize=0, "
            "prefix='2 3 4', tokenize=\"ascii tokenchars '_'\")"
        )
        return
    op.create_table(
        "search",
        sa.Column("rowid", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("tokens", postgresql.TSVECTOR(), nullable=False),
    )
    op.create_index("ix_search_tokens", "search", ["tokens"], postgresql_using="gin")
