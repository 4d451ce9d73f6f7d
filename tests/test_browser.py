"""The documentation in a real browser whose network is cut: it works, and asks no other host for anything."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1300,1600",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)

pytestmark = [
    pytest.mark.slow,  # `make browser` runs them
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not on this machine"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a server with the shipped facts listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("served")
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    process = subprocess.Popen([*command, "--database-url", f"sqlite:///{folder}/facts.db"], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        base = f"http://127.0.0.1:{port}"
        _wait_for(base)
        yield base
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _wait_for(base: str) -> None:
    for _ in range(100):
        try:
            if httpx.get(f"{base}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {base}")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    assert CHROMIUM is not None
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


def shown(browser: webdriver.Chrome, css: str) -> WebElement:
    """The first element that matches, once it is there."""
    return WebDriverWait(browser, 20).until(lambda driver: driver.find_element(By.CSS_SELECTOR, css))


def complaints(browser: webdriver.Chrome) -> list[str]:
    """What the console holds: errors of scripts, and whatever the policy blocked."""
    entries: list[dict[str, str]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]


def hosts(browser: webdriver.Chrome) -> set[str]:
    """Every host that the page asked for something."""
    names = browser.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    return {urlsplit(name).netloc for name in names if not name.startswith(("data:", "blob:"))}


def test_swagger_ui_tries_a_request_out(browser: webdriver.Chrome, address: str) -> None:
    browser.get(f"{address}/docs")
    shown(browser, "#operations-statements-list_statements .opblock-summary-control").click()
    shown(browser, "#operations-statements-list_statements .execute").click()
    status = shown(browser, "#operations-statements-list_statements .live-responses-table tbody .response-col_status")
    assert status.text.startswith("200")
    body = shown(browser, "#operations-statements-list_statements .live-responses-table tbody .highlight-code")
    assert '"items"' in body.text
    assert complaints(browser) == []
    assert hosts(browser) == {urlsplit(address).netloc}


def test_redoc_shows_every_list(browser: webdriver.Chrome, address: str) -> None:
    browser.get(f"{address}/redoc")
    shown(browser, "h1")
    text = browser.find_element(By.TAG_NAME, "body").text
    assert all(summary in text for summary in ("List statements", "List caveats", "Read one of the people"))
    assert complaints(browser) == []
    assert hosts(browser) == {urlsplit(address).netloc}


def test_a_problem_has_a_page(browser: webdriver.Chrome, address: str, tmp_path: Path) -> None:
    browser.get(f"{address}/problems/not-found")
    assert "nothing at this address" in shown(browser, "h1").text
    assert browser.save_screenshot(str(tmp_path / "problem.png"))
    assert complaints(browser) == []
