"""What can go wrong: each problem knows its status, its title and how to mend the request (RFC 9457)."""

from typing import Any, ClassVar

from app.faults import Fault


class Problem(Exception):
    """One answer that is not what was asked for; `detail` says what happened, `members` add to the problem document."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Something failed on our side"
    about: ClassVar[str] = "The request met a fault of the server. It was logged; trying again later may help."
    mend: ClassVar[str] = "Try again later."

    def __init__(self, detail: str, headers: dict[str, str] | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}
        self.members = members

    def document(self) -> dict[str, Any]:
        """The problem document, `type` being the relative address of the page that explains it."""
        return {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "mend": self.mend,
            **self.members,
        }


class Internal(Problem):
    pass


class NotFound(Problem):
    status = 404
    slug = "not-found"
    title = "There is nothing at this address"
    about = (
        "No fact, document, sentence or page has this address, or none had it in the edition asked for. "
        "`nearest` names the nearest addresses that exist. Lists (`/statements`, `/events`, …) show every id."
    )
    mend = "Take an address from `nearest`, or look it up in its list."


class Gone(Problem):
    status = 410
    slug = "gone"
    title = "This record was taken back"
    about = (
        "The record was retracted, or split into others, and stands in no list any more: `reason` says why, `into` "
        "names what it became, its history shows every revision, and `as_of` shows it as it stood. Only what had to be "
        "taken down (`change` is `erased`) is shown in no edition."
    )
    mend = "Read its history, or ask with `as_of` for an edition in which it stood."


class Moved(Problem):
    status = 308
    slug = "merged"
    title = "This record is another one"
    about = "Two records turned out to be one; `Location` is the address of the one that stands."
    mend = "Follow `Location`."


class TextNotHeld(Problem):
    status = 404
    slug = "text-not-held"
    title = "The text of this document is not held here"
    about = (
        "The text belongs to its publisher and this server does not keep it. The problem gives its length in code "
        "points and its SHA-256. Take your own copy, check the digest, and cut it with the offsets of any citation: in "
        "Python, `open(copy, encoding='utf-8', newline='').read()[start:end]`."
    )
    mend = "Check the digest of your own copy, and cut it with the offsets of the citation."


class MethodNotAllowed(Problem):
    status = 405
    slug = "method-not-allowed"
    title = "This address does not take that method"
    about = "The `Allow` header lists the methods that it takes; facts are read with GET or HEAD."
    mend = "Use a method that `Allow` lists."


class NotAcceptable(Problem):
    status = 406
    slug = "not-acceptable"
    title = "This address has no form that Accept asks for"
    about = (
        "`available` lists the media types that the address has; `Accept` names none of them, or weighs them with 0."
    )
    mend = "Name one of `available` in `Accept`, or leave the header out."


class BadCursor(Problem):
    status = 400
    slug = "bad-cursor"
    title = "This cursor does not belong to this request"
    about = (
        "A cursor goes on with one walk: the same list, filters and sort, in the edition in which the walk began. It "
        "was altered, belongs to another request, or comes from another database. Start the walk again without "
        "`cursor`, then follow `next`."
    )
    mend = "Start the walk again without `cursor`, then follow `next`."


class Invalid(Problem):
    status = 422
    slug = "invalid-parameter"
    title = "A parameter is not one that this address takes"
    about = (
        "A parameter is unknown, repeated, empty, or its value is out of range. `errors` names each with what is wrong "
        "and, where there is one, the nearest known name or value. Names and values are exact: no other case, sign or "
        "space."
    )
    mend = "Mend each parameter that `errors` names."

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__("; ".join(f"{one['parameter']}: {one['message']}" for one in errors), errors=errors)


class InvalidBody(Problem):
    status = 422
    slug = "invalid-body"
    title = "The body is not what this address takes"
    about = (
        "The body is no strict JSON (RFC 8259: UTF-8, no name twice, no NaN, no half of a surrogate pair), or a value "
        "in it is missing, unknown or of the wrong form. `errors` names each by its JSON pointer and line, with what "
        "is wrong and how to mend it."
    )
    mend = "Mend each value that `errors` names."

    def __init__(self, faults: list[Fault]) -> None:
        errors = [{name: getattr(one, name) for name in ("pointer", "line", "message", "mend")} for one in faults]
        super().__init__("; ".join(f"{one.pointer or '/'}: {one.message}" for one in faults), errors=errors)


class InvalidBundle(Problem):
    status = 422
    slug = "invalid-bundle"
    title = "The bundle has faults"
    about = (
        "Bundles are loaded whole or not at all. `faults` lists what is wrong, each fault with its JSON pointer (RFC "
        "6901), its line and how to mend it; after 50 the last one says how many more there are. `/bundles/schema` "
        "gives the form of bundles, and `summit check` finds the same faults. Nothing was written."
    )
    mend = "Mend what `faults` lists."


class PreconditionRequired(Problem):
    status = 428
    slug = "precondition-required"
    title = "Replacing a bundle takes the tag of the one that you read"
    about = (
        "A bundle with this id is current. So that nobody's changes are overwritten unseen, it is replaced only by who "
        "names its tag (RFC 6585, section 3). Nothing was written."
    )
    mend = "Read the bundle, and send its `ETag` as `If-Match`; `dry_run=true` shows the difference without."


class Unavailable(Problem):
    status = 503
    slug = "unavailable"
    title = "The facts cannot be read just now"
    about = (
        "The database did not answer, or the request took too long. `Retry-After` says when to try again, in seconds."
    )
    mend = "Try again after the seconds that `Retry-After` gives, or ask for less."


class NotPrepared(Problem):
    status = 503
    slug = "not-prepared"
    title = "The file is not ready"
    about = (
        "The file of all facts is made once for each edition, which takes a while where there are many: `Retry-After` "
        "says when to ask again, in seconds, as `curl --retry` does by itself. Without it there is no place where the "
        "file can be made; facts are read as ever."
    )
    mend = "Ask again after the seconds that `Retry-After` gives; without it, have the operator set SUMMIT_EXPORT_DIR."


class NotWritable(Problem):
    status = 503
    slug = "not-writable"
    title = "Nothing can be written here"
    about = "The database takes no writes; facts are read as ever. Nothing was written."
    mend = "Have the operator make the database writable, or write to the server that has it."


class StorageFull(Problem):
    status = 507
    slug = "storage-full"
    title = "There is no room left"
    about = "The disk, or the room that the database may take, is full; facts are read as ever. Nothing was written."
    mend = "Have the operator make room, and send the same request again."


class BadRequest(Problem):
    status = 400
    slug = "bad-request"
    title = "The request cannot be read"
    about = (
        "The address, a header or the body is not valid: undecodable bytes, for example, or a body that ends before "
        "the length that was promised. `detail` says which."
    )
    mend = "Send a shorter address, in UTF-8, percent-encoded, and a body whole."


class Unauthorised(Problem):
    status = 401
    slug = "unauthorised"
    title = "Writing takes a key"
    about = (
        "Bundles are written with the token of a key, sent as `Authorization: Bearer …` (RFC 6750). None was sent, or "
        "one that is no key's, or whose key was revoked. Reading takes none. No byte of the body was read."
    )
    mend = "Send the token of a key; whoever operates this server makes one with `summit key new`."


class RequestTimeout(Problem):
    status = 408
    slug = "request-timeout"
    title = "The body took too long to arrive"
    about = "A body must be here, whole, within the seconds that `detail` gives. The connection ends with this answer."
    mend = "Send it again on a new connection, faster or smaller."


class BundleInUse(Problem):
    status = 409
    slug = "in-use"
    title = "Other bundles refer to what would go"
    about = (
        "Facts of other bundles refer to facts that this request would take back. `faults` names them. Nothing was "
        "written."
    )
    mend = "Correct or withdraw the bundles that `faults` names first."


class PreconditionFailed(Problem):
    status = 412
    slug = "precondition-failed"
    title = "The bundle is not the one that you read"
    about = (
        "`If-Match` does not name the tag of the bundle that is current, or none is; or `If-None-Match` asks for none "
        "to be there, and one is (RFC 9110, section 13). Nothing was written."
    )
    mend = "Read the bundle that is current, bring your changes into it, and send its `ETag` as `If-Match`."


class TooLarge(Problem):
    status = 413
    slug = "content-too-large"
    title = "The body is too large"
    about = "A body has at most the bytes that `detail` gives. The connection ends with this answer."
    mend = "Send a smaller body, or have the operator raise the limit."


class RangeNotSatisfiable(Problem):
    status = 416
    slug = "range-not-satisfiable"
    title = "The file has no bytes in that range"
    about = (
        "`Range` asks for bytes beyond the end of the file (RFC 9110, section 15.5.17); `Content-Range` gives its "
        "length. Whoever goes on with a download names its `ETag` in `If-Range`: where the file is another one by now, "
        "it then comes whole."
    )
    mend = "Ask for bytes below the length that `Content-Range` gives, or for the whole file, without `Range`."


class UnsupportedMediaType(Problem):
    status = 415
    slug = "unsupported-media-type"
    title = "The body is not of a form that is read here"
    about = (
        "Bodies are JSON, in UTF-8, not compressed: `Content-Type: application/json` and no `Content-Encoding`. The "
        "connection ends with this answer."
    )
    mend = "Send JSON, as it is, with `Content-Type: application/json`."


PROBLEMS: tuple[type[Problem], ...] = (
    BadRequest,
    BadCursor,
    Unauthorised,
    NotFound,
    Gone,
    Moved,
    TextNotHeld,
    MethodNotAllowed,
    NotAcceptable,
    RequestTimeout,
    BundleInUse,
    PreconditionFailed,
    TooLarge,
    UnsupportedMediaType,
    RangeNotSatisfiable,
    Invalid,
    InvalidBody,
    InvalidBundle,
    PreconditionRequired,
    Internal,
    Unavailable,
    NotPrepared,
    NotWritable,
    StorageFull,
)
