"""A FastAPI application whose routes return constant bytes."""

import json
import os
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import FastAPI, Response

app = FastAPI()


def constant(size: int) -> Callable[[], Coroutine[Any, Any, Response]]:
    body = b"x" * size

    async def answer() -> Response:
        return Response(body, media_type="application/json")

    return answer


for path, size in json.loads(os.environ["BENCH_SIZES"]).items():
    app.get(path)(constant(size))
