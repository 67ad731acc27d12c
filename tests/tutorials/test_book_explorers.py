"""The explorers in the chapters: steps and settings that exist, links, and pages shown in place."""

import json
from urllib.parse import parse_qsl

import pytest
from browser import needs_browser, reported
from test_pages import book  # noqa: F401  (a fixture)

from minigan.explain.explorers import NAMES, page
from tutorials.book import explorers
from tutorials.book.chapter import read, scripts
from tutorials.book.walk import Walk

EVERY = explorers.load()


def test_the_steps_exist_and_each_explorer_is_shown_where_it_is_taught():
    chapters = {chapter.name: chapter for chapter in map(read, scripts().values())}
    for each in EVERY:
        for language in ("en", "zh"):
            steps = [step.id for step in chapters[each.chapter].steps[language]]
            assert each.step in steps, each
    shown = {name: {each.chapter for each in EVERY if each.name == name} for name in NAMES}
    assert shown["conv"] == {"t02", "t03", "t04", "t05"}
    assert shown["tape"] == {"t00", "t01"} and shown["gan"] == {"t11", "t12", "t13"}
    assert shown["layers"] == {"t08"} and shown["training"] == {"t13", "t15"}


@needs_browser
@pytest.mark.parametrize("name", NAMES)
def test_the_settings_are_those_of_the_page(name, tmp_path):
    script = """addEventListener("load", async () => {
      const seen = [];
      for (const hash of %s) {
        location.hash = hash;
        await new Promise(done => addEventListener("hashchange", done, {once: true}));
        seen.push({...explorer.settings(), step: explorer.step});
      }
      parent.postMessage(seen, "*");
    });"""
    # a fragment of its own first, because an address that stays the same changes nothing
    wanted = [each.settings for each in EVERY if each.name == name and each.settings]
    script = script.replace("%s", json.dumps(wanted))
    found = reported(page(name), script, tmp_path, 1280, 720) if wanted else []
    for settings, seen in zip(wanted, found, strict=True):
        for key, value in parse_qsl(settings):
            assert str(seen[key]) == value, (settings, key)


@needs_browser
def test_an_explorer_opens_below_its_link(book, tmp_path):  # noqa: F811
    script = """addEventListener("load", () => {
      const before = document.querySelectorAll("iframe").length;
      const buttons = [...document.querySelectorAll("[data-show]")];
      buttons[0].click();
      const frame = document.querySelector("iframe");
      const seen = {before, count: buttons.length, source: frame.getAttribute("src"), title: frame.title};
      seen.links = [...document.querySelectorAll(".explore a")].map(link => link.getAttribute("href"));
      seen.wide = document.documentElement.scrollWidth > innerWidth;
      parent.postMessage(seen, "*");
    });"""  # noqa: E501
    text = (book / "zh" / "t03.html").read_text(encoding="utf-8")
    seen = reported(text, script, tmp_path, 390, 844)
    links = [each.address for each in EVERY if each.chapter == "t03"]
    assert seen["before"] == 0 and seen["count"] == 2 and seen["links"] == links
    assert seen["source"].startswith(links[0]) and "embedded=1" in seen["source"]
    assert seen["title"] == EVERY[4].texts["zh"] and not seen["wide"]
    assert (book / "zh" / "explore-conv.html").is_file()
    assert not (book / "zh" / "explore-gan.html").exists()


def test_notebooks_and_walks_name_the_explorers(book, tmp_path):  # noqa: F811
    text = (book / "en" / "t03.ipynb").read_text(encoding="utf-8")
    assert text.count("explore-conv.html#") == 2
    said = []
    walk = Walk(read(scripts()[3]), "en", tmp_path, ask=lambda _: "", say=said.append)
    assert walk.start() and sum("minigan explain conv --open" in line for line in said) == 2


def test_entries_are_checked(tmp_path):
    path = tmp_path / "explorers.toml"
    entry = '[[t03]]\nstep = "scatter"\nexplorer = "%s"\nsettings = ""\nen = "a"\n'
    path.write_text(entry % "conv", encoding="utf-8")
    with pytest.raises(ValueError, match=r"explorers.toml: \[\[t03\]\] .* needs"):
        explorers.load(path)
    path.write_text(entry % "cnn" + 'zh = "b"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"cnn \(legal: conv, tape"):
        explorers.load(path)
