"""Telling: what is shown of a statement or a figure that a draft's words are held against."""

import re
from collections.abc import Sequence

from app.store.tokens import cut
from app.store.verify.cues import keeps
from app.store.verify.looking import Body, Look, is_whole, spelt
from app.store.verify.naming import role_words
from app.store.verify.speakers import Attributed

DAY = re.compile(r"\d{4}(?:-\d\d){0,2}")


def reference(body: Body | None) -> Body | None:
    """The reference of a record."""
    return {name: body[name] for name in ("id", "name", "path")} if body else None


def who(statement: Body) -> str:
    """Whose words a statement holds, as a sentence names them."""
    if statement["speaker"]:
        return str(statement["speaker"]["name"])
    return "the document itself" if statement["voice"] == "document" else "a speaker not named"


def place_of(look: Look, citation: Body, last: Body | None = None) -> str:
    """Where a citation stands, or the words from it to the end of the last, for whoever holds the document."""
    document, last = look.body("documents", citation["document"]), last or citation
    title = f"“{document['title']}”, " if document else ""
    sentence = f"sentence {citation['sentence']}"
    if last["sentence"] != citation["sentence"]:
        sentence = f"sentences {citation['sentence']} to {last['sentence']}"
    return f"{title}{sentence}, characters {citation['start']} to {last['end']}"


def circumstances(statement: Body) -> str:
    """Who said it, in what part, when and at what event."""
    told = [who(statement)]
    told += [statement["role"]["label"]] if statement["role"] else []
    day = statement["date"]["edtf"] or ""
    told += [day] if DAY.fullmatch(day) and day not in (statement["event"] or {"name": ""})["name"] else []
    told += [statement["event"]["name"]] if statement["event"] else []
    return ", ".join(told)


def paste(look: Look, statement: Body, words: str, citation: Body, last: Body | None = None) -> str:
    """Speech, ready to be pasted: the recorded words, who said them, and where that is printed."""
    return f"“{words}” ({circumstances(statement)}; {place_of(look, citation, last)})"


def paste_indirect(look: Look, statement: Body) -> str:
    """What a statement says in our words, without quotation marks."""
    longest = max(statement["citations"], key=lambda one: one["end"] - one["start"], default=None)
    where = f"; {place_of(look, longest)}" if longest else ""
    how = ", in indirect speech" if statement["voice"] == "speaker" else ""
    return f"{statement['paraphrase'].rstrip('.')} ({circumstances(statement)}{how}{where})"


def blank(verdict: str, message: str, because: list[str]) -> Body:
    """A verdict without a statement."""
    return {
        "verdict": verdict, "message": message, "may_quote": False, "because": because, "fact": None, "statement": None,
        "speaker": None, "event": None, "date": None, "quotations": [], "differing": [], "cut": [], "replaced": [],
        "hedges_dropped": [], "paraphrase": None, "citation": None, "sentence": None, "others": [], "closest": [],
    }  # fmt: skip


def fits(statement: Body, given: Attributed) -> bool | None:
    """Whether a statement is of whom the draft says; None where that is not to be told."""
    if given.form in ("none", "group"):
        return None
    speaker = statement["speaker"]
    if speaker and speaker["path"][1:] in given.facts:
        return True
    if given.is_stranger:
        told = {token.text for token in cut(speaker["name"])} if speaker else set()
        wanted = [token.text for token in cut(given.words or "")] if given.form == "name" else []
        return bool(wanted) and told.issuperset(wanted)
    if given.form == "role" and has_role(statement, role_words(given.words or "")):
        return True
    return False if given.facts else None


def has_role(statement: Body, words: Sequence[str]) -> bool:
    """Whether a statement's speaker is described by all of some words."""
    role = statement["role"] or {}
    told = [role.get("label"), role.get("as_printed"), statement["attribution"]["as_printed"]]
    told += [one["name"] for one in (statement["represents"], statement["speaker"]) if one]
    known = spelt(token.text for one in told if one for token in cut(one))
    return bool(words) and known.issuperset(words) and is_whole(role.get("label") or "", words)


def dropped(statement: Body, around: str) -> list[Body]:
    """The hedges of a statement that a sentence of a draft keeps neither in these words nor in like ones."""
    text = around.casefold()
    return [
        {name: one[name] for name in ("as_printed", "kind")}
        for one in statement["hedges"]
        if one["as_printed"].casefold() not in text and not keeps(around, [one["kind"]])
    ]
