"""The floor: constant bytes from a bare ASGI application, so what the server and the kernel take for themselves."""

import json
import os
from typing import Any

SIZES = json.loads(os.environ["BENCH_SIZES"])  # by path, in bytes
ANSWERS = {
    path: (
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"application/json"), (b"content-length", str(size).encode())],
        },
        {"type": "http.response.body", "body": b"x" * size},
    )
    for path, size in SIZES.items()
}


async def app(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    start, body = ANSWERS[scope["path"]]
    await send(start)
    await send(body)
