"""A real installation, once for all tests that need it."""

import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import chromium, email, keep  # noqa: F401 - fixtures
from tests.browser.conftest import visit as browse  # noqa: F401 - the fixture below opens with it

from .programs import missing_for_nginx
from .town import DeployedTown, Servers

HEALTHY_SECONDS = 60


@pytest.fixture(scope="session")
def needs_nginx() -> None:
    if missing := missing_for_nginx():
        pytest.skip(missing)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with tempfile.TemporaryDirectory(prefix="schalter-deploy-") as name:
        folder = Path(name)
        # PostgreSQL runs with another account.
        folder.chmod(0o711)
        with Servers(folder).running() as running:
            running.fill()
            yield running


@pytest.fixture(scope="session")
def town(needs_nginx: None, servers: Servers) -> Iterator[DeployedTown]:
    """All services behind nginx. A test that stops one starts it again."""
    with pytest.MonkeyPatch.context() as patch, DeployedTown(servers).running() as running:
        # So that this process too trusts the certificate.
        patch.setenv("SSL_CERT_FILE", str(running.nginx.certificate))
        deadline = time.monotonic() + HEALTHY_SECONDS
        while running.get("/health")["status"] != "ok":
            assert time.monotonic() < deadline, running.log()[-4000:]
            time.sleep(0.1)
        # The public service is ready, and so is the one for staff once it has answered.
        urlopen(f"{running.url}/staff/login/", timeout=HEALTHY_SECONDS).close()
        yield running


@pytest.fixture
def any_town(town: DeployedTown) -> DeployedTown:
    """The town of the stories in ``tests/browser``."""
    return town


@pytest.fixture
def visit(browse: Callable[..., Page]) -> Callable[..., Page]:  # noqa: F811 - pytest's way
    return partial(browse, ignore_https_errors=True)
