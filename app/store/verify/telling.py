"""Telling: what is shown of a statement or a figure that a draft's words are held against."""

from collections.abc import Sequence

from app.store.verify.looking import Body, Look


def reference(body: Body | None) -> Body | None:
    """The reference of a record."""
    return {name: body[name] for name in ("id", "name", "path")} if body else None


def who(statement: Body) -> str:
    """Whose words a statement holds, as a sentence names them."""
    if statement["speaker"]:
        return str(statement["speaker"]["name"])
    return "the document itself" if statement["voice"] == "document" else "a speaker not named"


def place_of(look: Look, citation: Body) -> str:
    """Where a citation stands, for whoever holds the document."""
    document = look.body("documents", citation["document"])
    title = f"“{document['title']}”, " if document else ""
    return f"{title}sentence {citation['sentence']}, characters {citation['start']} to {citation['end']}"


def circumstances(statement: Body) -> str:
    """Who said it, in what part, when and at what event."""
    told = [who(statement)]
    told += [statement["role"]["label"]] if statement["role"] else []
    told += [statement["date"]["edtf"]] if statement["date"]["edtf"] else []
    told += [statement["event"]["name"]] if statement["event"] else []
    return ", ".join(told)


def paste(look: Look, statement: Body, words: str, citation: Body) -> str:
    """Speech, ready to be pasted: the recorded words, who said them, and where that is printed."""
    return f"“{words}” ({circumstances(statement)}; {place_of(look, citation)})"


def paste_indirect(look: Look, statement: Body) -> str:
    """What a statement says in our words, without quotation marks."""
    where = f"; {place_of(look, statement['citations'][0])}" if statement["citations"] else ""
    return f"{statement['paraphrase'].rstrip('.')} ({circumstances(statement)}, in indirect speech{where})"


def listed(words: Sequence[str]) -> str:
    """Words set out one after the other in quotation marks."""
    return ", ".join(f"“{one}”" for one in words)
