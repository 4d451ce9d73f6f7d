"""create_app(settings): the one place where the parts of the server meet."""

from typing import Any

from app.http.answering import Desk
from app.http.rooms import Outermost
from app.settings import Settings
from app.store.db import Database
from app.store.finding import Finder


def create_app(settings: Settings | None = None) -> Outermost:
    """The ASGI application over the settings' database; its `.app` is the FastAPI application inside.

    That is made when it is first needed: the front room answers the common reads without it, half a second sooner.
    """
    settings = settings or Settings()
    database = Database(settings.database_url, settings.statement_seconds)
    desk = Desk(Finder(database, settings.fresh_seconds), settings)

    def make() -> Any:
        from app.http.framework import framework

        return framework(desk)

    return Outermost(make, desk)
