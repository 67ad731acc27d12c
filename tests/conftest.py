"""Settings of all tests: every property is tried on at least 100 examples, the same ones each time
in CI; no test changes the state of the process; long tests are left for the night.
"""

import os
import signal
from collections.abc import Iterator

import portions
import pytest
import surroundings
from hypothesis import HealthCheck, settings

_common = {
    "deadline": None,
    "max_examples": 100,
    "print_blob": True,  # a failing example is replayed by the decorator that is printed
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile("ci", derandomize=True, **_common)
settings.register_profile("search", **_common)  # fresh examples: HYPOTHESIS_PROFILE=search pytest
_later = pytest.StashKey[int]()  # how many tests are left for the night
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(autouse=True)
def nothing_is_left_changed() -> Iterator[None]:
    """Fail a test that leaves folder, threads, grad mode or NumPy's settings changed."""
    before = surroundings.state()
    yield
    after = surroundings.state()
    surroundings.restore(before)
    changed = [name for name, value in before.items() if after[name] != value]
    assert not changed, f"the test left changed: {', '.join(changed)}"


def pytest_addoption(parser: pytest.Parser) -> None:
    portions.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a script has started `pytest &`
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "nightly: a long test, which .ci/nightly runs")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    config.stash[_later] = portions.select(config, items)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    portions.summary(terminalreporter, config.stash.get(_later, 0))
