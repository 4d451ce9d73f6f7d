"""Leading: the first page of a list by one record, where it is laid together, as that is asked for most."""

import re
from functools import cache
from typing import NamedTuple

from app.facts.base import Kind
from app.http import cursors
from app.http.gathering import there
from app.http.listing import bound_by, framed
from app.http.parameters import Parameter, parameters
from app.http.plans import Room
from app.store.current import Now
from app.store.laying import SIZE, laid
from app.store.ordering import default

ONE = re.compile(rb"([a-z_]+)=([a-z0-9-]+)(&limit=%d)?" % SIZE)  # a filter by an id


class Page(NamedTuple):
    """A page of an edition, and the address of the next one."""

    now: Now
    body: bytes
    onward: str


@cache
def _filters(kind: Kind) -> dict[bytes, Parameter]:
    """The filters by which first pages are laid together, by their names as they are asked for."""
    return {name.encode(): parameters(kind.query)[name] for name in laid(kind)}


def leading(room: Room, kind: Kind, path: str, query: bytes) -> Page | None:
    """The page as `plan_list` makes it; None where that has to, or something is wrong with what is asked."""
    found = ONE.fullmatch(query)
    parameter = _filters(kind).get(found[1]) if found else None
    limit = SIZE if found and found[3] else room.settings.limit_default
    if found is None or parameter is None or limit != SIZE or limit > room.settings.limit_max:
        return None
    name, now = parameter.name, room.finder.latest()
    values = parameter.read(found[2].decode())
    known = there(room, kind, name, values, now)
    page = room.finder.first_page(kind, name, known[0], now.edition) if len(known) == 1 else None
    if page is None:
        return None
    last, bodies = page
    here = f"{path}?{query.decode()}"
    bound = bound_by(path, {name: values}, None, default(kind))
    onward = f"{here}&cursor={cursors.seal(now.edition, now.digest, bound, last)}"
    frame = f'"next":"{onward}","self":"{here}","edition":{now.edition}}}'  # in which there is nothing to escape
    return Page(now, framed(bodies, frame.encode()), onward)
