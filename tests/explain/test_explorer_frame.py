"""What all explorers have in common: one page, no requests, keys, two languages."""

import configparser
import json
import re
from fnmatch import fnmatch
from importlib.resources import files
from pathlib import Path

import pytest
from explain.explorer_browser import WINDOWS, explored, kept, needs_browser
from portions import thinned

import minigan
from minigan.explain.explorers import LANGUAGES, NAMES, page
from minigan.explain.explorers.assembly import sources, texts_of

HERE = files("minigan.explain.explorers")


@needs_browser
@pytest.mark.parametrize(("name", "window"), thinned(2, NAMES, WINDOWS))
def test_an_explorer_is_opened_and_operated(name, window, tmp_path):
    """On a small window the page is opened in Chinese, by its address, and with dark colours."""
    small = window == "390"
    fragment = "#language=zh" if small else ""
    seen = explored(name, tmp_path, WINDOWS[window], fragment=fragment, dark=small)
    assert seen["title"] == texts_of(name)["zh" if small else "en"]["title"]
    assert seen["errors"] == seen["asked"] == seen["nameless"] == seen["focus"] == []
    assert seen["overflow"] <= 0 and seen["outside"] == seen["overflowOther"] == []
    assert seen["pale"] == seen["paleOther"] == [] and seen["theme"] and seen["printedLight"]
    assert seen["translated"] and seen["numbersKept"] and seen["wordsKept"]
    assert seen["unfilled"] == [] and seen["reset"]
    if not small:
        assert seen["fold"] <= seen["height"] and seen["font"] >= 16
        assert min(seen["svgNumbers"], default=16) >= 15.99
    for source in seen["sources"]:
        assert source["open"] and re.search(r"\b(def|class|lambda)\b", source["text"]), source
    assert seen["sources"]
    assert [id_ for id_, values in seen["changed"].items() if len(set(values)) < 2] == []
    if seen["steps"] and seen["last"] >= 3:
        assert seen["steps"] == [0, 1, 2, 1, seen["last"], seen["last"]]
        assert seen["playing"] and seen["played"]
    print(f"{name}: a change is drawn within {seen['milliseconds']:.0f} ms")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_small_and_loads_nothing(name):
    text = kept(name)
    assert len(text.encode()) < 1_500_000
    assert not re.search(
        r'(?:src|srcset)="(?!data:)|url\((?!#)|@import|https?://(?!www\.w3\.org/2000/svg)', text
    )
    for language in LANGUAGES:
        assert f'data-language="{language}"' in page(name, language=language)


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_texts(name):
    texts = texts_of(name)
    assert texts["en"].keys() == texts["zh"].keys()
    for key, english in texts["en"].items():
        fields = (set(re.findall(r"\{[\w-]+\}", text)) for text in (english, texts["zh"][key]))
        assert len({frozenset(found) for found in fields}) == 1, key
        assert not re.search(r"[\u4e00-\u9fff]", english), key
    written = (HERE / f"{name}.js").read_text("utf-8") + (HERE / f"{name}.html").read_text("utf-8")
    assert not re.search(r"[\u4e00-\u9fff]", written)
    for key in re.findall(r'data-(?:text|label)="([^"]+)"', written):
        assert key in texts["en"], key


def test_scripts_have_lines_of_at_most_100_columns():
    for file in (*HERE.iterdir(), *Path(__file__).parent.iterdir()):
        if file.name.endswith(".js"):
            lines = file.read_text("utf-8").splitlines()
            assert max(map(len, lines)) <= 100, file.name


def test_a_wheel_has_all_files_of_the_explorers():
    config = configparser.ConfigParser()
    config.read(Path(minigan.__file__).parents[1] / "setup.cfg", encoding="utf-8")
    patterns = config["options.package_data"]["minigan.explain.explorers"].split(", ")
    for file in HERE.iterdir():
        if file.is_file() and file.suffix != ".py":
            assert any(fnmatch(file.name, pattern) for pattern in patterns), file.name


def test_colours_have_contrast():
    """Each colour of text on paper, on a panel, and ink on each fill: at least 4.5 : 1."""
    css = (HERE / "frame.css").read_text(encoding="utf-8")
    for theme in re.findall(r"color-scheme: \w+;(.*?)\}", css, re.DOTALL):
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", theme))
        texts = ("ink", "soft", "input", "weight", "output", "gradient", "data", "model", "other")
        pairs = [(name, paper) for name in texts for paper in ("paper", "panel")]
        pairs += [("ink", name) for name in colours if name.endswith("-fill")]
        pairs += [("weight", "input-fill"), ("soft", "input-fill"), ("soft", "weight-fill")]
        for text, paper in pairs:
            assert contrast(colours[text], colours[paper]) >= 4.5, (text, paper)


def contrast(first, second):
    """The contrast of two colours by WCAG 2."""

    def light(colour):
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, bright = sorted((light(first), light(second)))
    return (bright + 0.05) / (dark + 0.05)


def test_names_and_languages_are_checked():
    with pytest.raises(ValueError, match="page: name='cnn' is not legal"):
        page("cnn")
    with pytest.raises(ValueError, match="page: language='fr' is not legal"):
        page("conv", language="fr")


def test_source_is_that_of_the_package():
    from minigan.geometry import Axis

    ((key, found),) = sources([Axis.is_uniform]).items()
    assert key == "minigan/geometry/axis.py:Axis.is_uniform"
    assert found["text"].startswith("@property\ndef is_uniform") and found["line"] > 100


def test_source_of_a_decorated_function():
    from minigan.nn.functional.average_pooling import window_sizes

    ((key, found),) = sources([window_sizes]).items()
    assert key == "minigan/nn/functional/average_pooling.py:window_sizes"
    assert found["text"].startswith("@lru_cache") and "def window_sizes(" in found["text"]


def test_data_cannot_end_its_element():
    from minigan.explain.explorers.assembly import _json

    assert json.loads(_json({"a": "</script>"})) == {"a": "</script>"}
    assert "</" not in _json({"a": "</script>"})
