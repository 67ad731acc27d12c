"""What stands around the text of a page: the bar, the contents, style and script."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from tutorials.book.shelf import Shelf
from tutorials.book.words import CODES, OWN_NAMES, WORDS

FRONT = Path(__file__).parent / "front"


def framed(
    shelf: Shelf, language: str, name: str, title: str, body: str, tools: str = "", steps: str = ""
) -> str:
    """Return a page: `tools` are links for the bar, `steps` the contents of the chapter."""
    words = WORDS[language]
    return filled(
        "page.html",
        lang=CODES[language],
        title=escape(title),
        book=words["book"],
        contents=words["contents"],
        chapters=_contents(shelf, language, name),
        steps=steps,
        tools=tools,
        languages=_other_languages(shelf, language, name),
        theme=words["theme"],
        body=body,
    )


def filled(name: str, **parts: str) -> str:
    """Return a page of front/ with its parts, its style and its script in it."""
    stem = name.removesuffix(".html")
    style = (_read("common.css"), _read(f"{stem}.css"))
    script = (_read("player.js"), _read(f"{stem}.js"))
    return Template(_read(name)).substitute(
        style="\n".join(style), script="\n".join(script), **parts
    )


def _read(name: str) -> str:
    return (FRONT / name).read_text(encoding="utf-8")


def _other_languages(shelf: Shelf, language: str, name: str) -> str:
    """Links to the same page in the other languages."""
    return "".join(
        f'<a class="language" href="../{other}/{name}" lang="{CODES[other]}">{OWN_NAMES[other]}</a>'
        for other in shelf.others(language, name)
    )


def _contents(shelf: Shelf, language: str, current: str) -> str:
    """All chapters, those that are not built without a link, and the other pages."""
    words, pages, items = WORDS[language], shelf.pages(language), []
    for chapter in shelf.chapters:
        entry = f'<span class="number">T{chapter.number:02}</span> '
        entry += escape(shelf.title(chapter, language))
        if chapter.name in pages:
            here = ' aria-current="page"' * (current == f"{chapter.name}.html")
            entry = f'<a href="{chapter.name}.html"{here}>{entry}</a>'
        items.append(f"<li>{entry}</li>")
    for name in ("glossary", "note"):
        here = ' aria-current="page"' * (current == f"{name}.html")
        items.append(f'<li><a href="{name}.html"{here}>{words[f"{name} page"]}</a></li>')
    return f"<h2>{words['chapters']}</h2><ul>{''.join(items)}</ul>"
