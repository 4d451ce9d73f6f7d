"""Settings: each documented, within bounds, and the same in the README."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.settings import Settings

README = Path(__file__).parents[1] / "README.md"
pytestmark = pytest.mark.usefixtures("alone")
# For each setting the values at its bounds, and those just beyond them or of another form.
BOUNDS: dict[str, tuple[list[Any], list[Any]]] = {
    "host": (["127.0.0.1", "::", "localhost"], []),
    "port": ([0, 65535], [-1, 65536, "x", "80.5", ""]),
    "database_url": (
        ["sqlite:///a.db", "sqlite:////data/a.db", "postgresql://user@host/name", "postgresql+psycopg://host/name"],
        ["", "a.db", "sqlite://", "sqlite:///", "mysql://host/name", "postgres://host/name", "postgresql://"],
    ),
    "public_url": (
        [None, "http://localhost:8000", "https://facts.example", "http://[::1]:80", "https://A.b-c.example"],
        [
            "",
            "facts.example",
            "https://a/",
            "https://a/x",
            "https://a?x",
            "https://u@a",
            "ftp://a",
            "https://a b",
            "//a",
        ],
    ),
    "keep_text": ([True, False, "true", "0"], ["perhaps", "", 2]),
    "limit_default": ([1, 1000], [0, -1, 1001, "many"]),
    "limit_max": ([50, 100_000], [49, 0, 100_001]),
    "count_max": ([1, 1_000_000_000], [0, 1_000_000_001]),
    "facet_max": ([1, 1_000_000_000], [0, 1_000_000_001]),
    "values_max": ([1, 10_000], [0, 10_001]),
    "url_max": ([256, 65_536], [255, 65_537]),
    "bundle_max": ([1_000, 1_000_000_000], [999, 1_000_000_001, "16 MB"]),
    "body_max": ([1_000, 1_000_000_000], [999, 1_000_000_001]),
    "body_seconds": ([0.01, 3600], [0, -1, 0.009, 3600.1, "nan", "inf"]),
    "statement_seconds": ([0.001, 3600], [0, -1, 0.0009, 3600.1, "nan", "inf"]),
    "fresh_seconds": ([0, 0.5], [-0.1, 0.51, "nan"]),
    "kept_max": ([0, 10_000_000_000], [-1, 10_000_000_001]),
    "export_dir": ([None, "/var/tmp", "exports"], [""]),
    "export_seconds": ([0, 3600], [-1, 3600.1, "nan", "inf"]),
    "grace_seconds": ([0, 3600], [-1, 3601, 1.5]),
}


def test_every_setting_is_documented_and_tried_here() -> None:
    assert BOUNDS.keys() == Settings.model_fields.keys()
    for field in Settings.model_fields.values():
        assert field.description
        assert field.description.endswith(".")


def test_the_readme_tells_the_same_settings_defaults_and_descriptions() -> None:
    lines = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `SUMMIT_")]
    assert lines == [
        f"| `SUMMIT_{name.upper()}` | `{str(field.default).lower() if field.default is False else field.default}` "
        f"| {field.description} |"
        for name, field in Settings.model_fields.items()
    ]


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in BOUNDS for value in BOUNDS[name][0]])
def test_a_value_at_its_bounds_is_taken(name: str, value: Any) -> None:
    Settings(**{name: value})


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in BOUNDS for value in BOUNDS[name][1]])
def test_a_value_beyond_its_bounds_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValidationError) as found:
        Settings(**{name: value})
    assert name in str(found.value)


def test_arguments_beat_the_environment_and_that_beats_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("SUMMIT_PORT=1111\nSUMMIT_HOST=::1\nUNRELATED=x\n")
    assert (Settings().port, Settings().host) == (1111, "::1")
    monkeypatch.setenv("SUMMIT_PORT", "2222")
    assert (Settings().port, Settings().host) == (2222, "::1")
    assert Settings(port=3333).port == 3333


def test_other_variables_are_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///other.db")
    monkeypatch.setenv("SUMMIT_SOMETHING", "1")
    assert Settings() == Settings(port=8000, database_url="sqlite:///summit.db")
