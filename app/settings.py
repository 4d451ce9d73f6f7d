"""Settings: read from the environment (prefix SUMMIT_), a `.env` file or the command line's flags."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting, its default and what it does; the README's table is checked against this class."""

    model_config = SettingsConfigDict(env_prefix="SUMMIT_", env_file=".env", extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    database_url: str = Field(
        "sqlite:///summit.db",
        pattern=r"^(?:sqlite:///|postgresql(?:\+psycopg)?://).",
        description="Where the facts are: `sqlite:///file` or `postgresql://user@host/name`.",
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$",
        description="Where readers reach this server, `https://host` without a path: for absolute links and ids.",
    )
    keep_text: bool = Field(
        False, description="Keep the text of documents loaded with `--text`, show quoted words and serve it at `/text`."
    )
    limit_default: int = Field(50, ge=1, le=100_000, description="Items on a page when a request gives no `limit`.")
    limit_max: int = Field(1000, ge=1, le=100_000, description="The largest `limit`.")
    count_max: int = Field(10_000, ge=1, le=1_000_000_000, description="How far `count=true` counts exactly.")
    facet_max: int = Field(
        20_000,
        ge=1,
        le=1_000_000_000,
        description="How many facts of a list `facets` divides, the first ones, where no index has all.",
    )
    values_max: int = Field(100, ge=1, le=10_000, description="How many values one filter takes.")
    url_max: int = Field(16_384, ge=256, le=65_536, description="Longest request target, in bytes.")
    bundle_max: int = Field(16_000_000, ge=1_000, le=1_000_000_000, description="The largest bundle, in bytes.")
    body_max: int = Field(1_000_000, ge=1_000, le=1_000_000_000, description="The largest other body, in bytes.")
    body_seconds: float = Field(
        30.0, ge=0.01, le=3600, description="A body that takes longer to arrive is refused with 408."
    )
    statement_seconds: float = Field(
        1.0, ge=0.001, le=3600, description="A query that takes longer is cut off and answered 503."
    )
    fresh_seconds: float = Field(
        0.1, ge=0, le=0.5, description="After how long the current edition is looked up again; at once after own loads."
    )
    kept_max: int = Field(
        64_000_000,
        ge=0,
        le=10_000_000_000,
        description="Bytes of the current edition's answers that are kept; 0: none.",
    )
    export_dir: str | None = Field(
        None,
        min_length=1,
        description="Where the file of all facts is prepared; `None`: the system's directory for temporary files.",
    )
    export_seconds: float = Field(
        5.0, ge=0, le=3600, description="How long a request for that file waits while it is prepared, before a 503."
    )
    grace_seconds: int = Field(8, ge=0, le=3600, description="How long a stopping server waits for requests under way.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.limit_default > self.limit_max:
            raise ValueError(f"limit_default, {self.limit_default}, is more than limit_max, {self.limit_max}")
        return self
