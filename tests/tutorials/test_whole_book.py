"""Every page of a book that has been built, opened and operated in a browser.

`python -m pytest tests/tutorials --book DIR` names its folder, as `.ci/nightly` does; without it
there is no page to open.
"""

from pathlib import Path

import pytest
from test_pages import needs_browser, operated


def pytest_generate_tests(metafunc):
    folder = metafunc.config.getoption("--book", None)
    pages = sorted(Path(folder).rglob("*.html")) if folder else []
    slides = [page for page in pages if page.stem.endswith("-slides")]
    chosen = slides if "slides" in metafunc.fixturenames else sorted({*pages} - {*slides})
    name = "slides" if "slides" in metafunc.fixturenames else "page"
    metafunc.parametrize(name, chosen, ids=lambda page: f"{page.parent.name}/{page.stem}")


@needs_browser
@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=["1280", "390"])
def test_a_page_works(page, size, tmp_path):
    seen = operated(page, tmp_path, *size)
    assert seen["width"] == size[0] and seen["overflow"] <= 0 and seen["outside"] == []
    assert seen["errors"] == seen["asked"] == seen["broken"] == [] and seen["images"] == 0
    assert seen["unreachable"] == seen["stuck"] == [] and seen["printed"] == 0
    assert all(seen["played"])
    for player in seen["players"]:
        assert player["at"] == [0, 1, 2 % player["count"], 1, 0, -1] and player["visible"] == 1


@needs_browser
@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=["1280", "390"])
def test_slides_work(slides, size, tmp_path):
    seen = operated(slides, tmp_path, *size, probe="probe_slides.js")
    assert seen["errors"] == seen["overflows"] == seen["small"] == []
    assert seen["first"] == "start" and seen["one"] == 1
    assert seen["last"] == seen["end"] == "summary" and seen["fits"]
    assert seen["folded"] == 0 and seen["back"] and seen["forth"] and seen["hash"] == "#summary"
