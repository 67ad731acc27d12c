"""The pages of the book, opened and operated in a real browser, at two widths, in two languages."""

import re
from pathlib import Path

import pytest
from browser import needs_browser, reported

from tutorials.book import cache, glossary, site
from tutorials.book.chapter import read, scripts
from tutorials.book.shelf import Shelf

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def book(tmp_path_factory):
    """The pages of two chapters in both languages."""
    out = tmp_path_factory.mktemp("book")
    chapters = [read(scripts()[number]) for number in (3, 5)]
    records = {}
    for chapter in chapters:
        records[chapter.name] = cache.kept(chapter) or next(cache.fresh([chapter.path]))
        cache.keep(chapter, records[chapter.name])
    site.write(Shelf(chapters, records, glossary.load(), ("en", "zh"), out))
    return out


def operated(page, tmp_path, width, height, probe="probe_page.js"):
    """What a probe saw in a window of some size."""
    script = (HERE / probe).read_text(encoding="utf-8")
    return reported(page.read_text(encoding="utf-8"), script, tmp_path, width, height)


@needs_browser
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=["1280", "390"])
@pytest.mark.parametrize("name", ["en/t03", "zh/t05"])
def test_a_chapter_is_opened_and_operated(book, tmp_path, name, size):
    seen = operated(book / f"{name}.html", tmp_path, *size)
    assert seen["width"] == size[0] and seen["overflow"] <= 0 and seen["outside"] == []
    assert seen["errors"] == seen["asked"] == seen["broken"] == [] and seen["images"] == 0
    assert seen["theme"] and seen["themeBack"]
    assert seen["unreachable"] == seen["stuck"] == []
    assert seen["folded"] >= 2 and seen["printed"] == 0
    assert len(seen["players"]) == 2 and all(seen["played"])
    for player in seen["players"]:
        assert player["at"] == [0, 1, 2, 1, 0, -1] and player["visible"] == 1
        steps = player["count"] // (4 if player["all"] == 2 else 1)
        assert player["scrubbed"] == player["count"] - (player["count"] // steps)
    assert len(seen["anchors"]) >= 8 and seen["anchors"][0] == "start"
    assert (
        seen["math"] > 20
        and seen["proved"] >= 1
        and "$" not in re.sub(r'"\$.*?"', "", seen["words"]).replace('f"$', "")
    )
    other, chapter = ("zh" if name[:2] == "en" else "en"), name[3:]
    (link,) = seen["languages"]
    assert link.split("#")[0].endswith(f"/{other}/{chapter}.html")


@needs_browser
@pytest.mark.parametrize(("name", "size"), [("en/t05", (1280, 720)), ("zh/t03", (390, 844))])
def test_slides_are_stepped_through(book, tmp_path, name, size):
    seen = operated(book / f"{name}-slides.html", tmp_path, *size, probe="probe_slides.js")
    assert seen["errors"] == seen["overflows"] == seen["small"] == []
    assert (
        seen["first"] == "start" and seen["one"] == 1 and seen["last"] == seen["end"] == "summary"
    )
    assert seen["folded"] == 0 and seen["back"] and seen["forth"] and seen["hash"] == "#summary"
    count = len(read(scripts()[int(name[4:])]).steps["en"])
    assert seen["counter"] == f"{count} / {count}"
    assert seen["ratio"] == pytest.approx(16 / 9) and seen["fits"]


@needs_browser
@pytest.mark.parametrize("name", ["en/index", "zh/glossary", "en/note"])
def test_the_other_pages(book, tmp_path, name):
    for size in ((1280, 720), (390, 844)):
        seen = operated(book / f"{name}.html", tmp_path, *size)
        assert seen["errors"] == seen["asked"] == seen["outside"] == [] and seen["overflow"] <= 0
        assert seen["theme"] and len(seen["languages"]) == 1


def test_pages_hold_everything_they_need(book):
    for page in book.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r'(?:src|srcset)="(?!data:)', text) + re.findall(r"url\(|@import", text)
        assert loaded == [] and "<link rel=" not in text.replace('<link rel="icon" href="data:', "")
        for link in re.findall(r'href="([^"#]+)', text):
            there = link.startswith(("https://", "data:")) or (page.parent / link).exists()
            assert there, f"{page}: {link}"


def test_the_notes_sentences_are_in_one_table(book):
    for language in ("en", "zh"):
        text = (book / language / "note.html").read_text(encoding="utf-8")
        assert text.count("<tr>") == 1 + 4 and 't05.html#odd"' in text


def test_one_language_and_one_chapter(tmp_path):
    chapters = [read(path) for path in scripts().values()]
    record = cache.kept(chapters[0]) or next(cache.fresh([chapters[0].path]))
    shelf = Shelf(chapters, {chapters[0].name: record}, glossary.load(), ("zh",), tmp_path)
    (page,) = site.write(shelf)
    assert page.parent.name == "zh" and not (tmp_path / "en").exists()
    assert 'class="language"' not in page.read_text(encoding="utf-8")
    index = (tmp_path / "zh" / "index.html").read_text(encoding="utf-8")
    assert (
        f'href="{chapters[0].name}.html"' in index
        and f'href="{chapters[1].name}.html"' not in index
    )
    assert chapters[1].title("zh") in index
