"""Codings as clients have them: answers asked for in one and decoded, and how often one is made."""

import threading
import zlib
from typing import Any

import pytest

from app.http import coding, sending
from app.http.coding import zstd
from tests.asked import Reply, send
from tests.conftest import LOOP, Client


def decoded(answer: Reply) -> bytes:
    """The body as it was before it was coded; it must be whole."""
    match answer.headers.get("content-encoding", ""):
        case "zstd":
            return zstd.decompress(answer.body)
        case "gzip":
            plain = zlib.decompressobj(31)
            body = plain.decompress(answer.body)
            assert (plain.eof, plain.unused_data) == (True, b"")
            return body
    return answer.body


def get(client: Client, target: str, codings: str = "", method: str = "GET", **more: str) -> Reply:
    """The answer, not decoded; a header is written with _ for -."""
    path, _, query = target.partition("?")
    headers = [(name.replace("_", "-"), value) for name, value in more.items()]
    return LOOP.run(send(client.app, method, path.encode(), query.encode(), [*headers, ("accept-encoding", codings)]))


class Decoder:
    """Decodes as a client does that reads what has arrived."""

    def __init__(self, name: str) -> None:
        self._decoder: Any = zstd.ZstdDecompressor() if name == "zstd" else zlib.decompressobj(31)

    def read(self, part: bytes) -> bytes:
        found: bytes = self._decoder.decompress(part)
        return found


class Counted:
    """How often each coding was made, and on which threads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[str] = []
        self.threads: list[int] = []
        monkeypatch.setattr(sending, "encode", self._encode)

    def _encode(self, name: str, body: bytes) -> bytes:
        self.made.append(name)
        self.threads.append(threading.get_ident())
        return coding.encode(name, body)
