"""One self-contained page from the files of an explorer, its data, its texts, and source code."""

from __future__ import annotations

import inspect
import json
import tomllib
from collections.abc import Iterable, Mapping
from html import escape
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from string import Template
from textwrap import dedent
from typing import Any

import minigan
from minigan.checks import one_of

NAMES = ("conv", "tape", "gan", "training", "layers")
LANGUAGES = ("en", "zh")
FRAME = ("frame_elements.js", "frame_player.js", "frame.js")
"""The JavaScript files that all explorers share, in the order in which they run."""

_HERE = files("minigan.explain.explorers")
_ABOVE = Path(minigan.__file__).parent.parent


def page(
    name: str,
    *,
    language: str = "en",
    data: object = None,
    settings: Mapping[str, object] | None = None,
) -> str:
    """Return the page of an explorer as HTML, which loads nothing.

    `language` is the one that is shown first; a switch on the page changes it. `data` is passed to
    the explorer's own `data` function, for example the recording of a run. `settings` are the
    values of the page's inputs at the start, by id. Raises ValueError if the name or the
    language is not known.
    """
    one_of("page", "name", name, *NAMES)
    one_of("page", "language", language, *LANGUAGES)
    explorer = import_module(f"minigan.explain.explorers.{name}")
    texts = texts_of(name)
    return Template(_read("frame.html")).substitute(
        name=name,
        language=language,
        title=escape(texts[language]["title"]),
        style=_read("frame.css") + _read(f"{name}.css"),
        body=_read(f"{name}.html"),
        data=_json(explorer.data(data)),
        texts=_json(texts),
        settings=_json(settings or {}),
        codes=_json(sources(explorer.CODE)),
        frame="\n".join(map(_read, FRAME)),
        script="\n".join(map(_read, scripts(name))),
    )


def scripts(name: str) -> list[str]:
    """Return the JavaScript files of an explorer in the order in which they run.

    The numbers come first, then the other parts by name, and the file with the explorer's own
    name, which uses all others, last.

    >>> scripts("layers")
    ['layers_numbers.js', 'layers.js']
    """
    first, last = f"{name}_numbers.js", f"{name}.js"
    names = (file.name for file in _HERE.iterdir())
    parts = {part for part in names if part.startswith(f"{name}_") and part.endswith(".js")}
    return [first, *sorted(parts - {first}), last]


def texts_of(name: str) -> dict[str, dict[str, str]]:
    """Return the texts of an explorer by language and key, with those that all explorers share.

    >>> texts_of("conv")["en"]["play"]
    'Play'
    """
    shared, own = (tomllib.loads(_read(f"{file}.toml")) for file in ("frame", name))
    return {language: shared[language] | own[language] for language in LANGUAGES}


def sources(code: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """Return the file, the first line and the text of each function, method, property or class.

    The source of a function that is decorated with functools.wraps is that of the function itself,
    with its decorators. The key of `conv` in minigan/conv/holes.py is "minigan/conv/holes.py:conv".

    >>> from minigan.conv import holes
    >>> list(sources([holes.conv]))
    ['minigan/conv/holes.py:conv']
    """
    found = {}
    for thing in code:
        thing = getattr(thing, "fget", None) or getattr(thing, "func", None) or thing
        thing = inspect.unwrap(thing)
        lines, line = inspect.getsourcelines(thing)
        file = Path(inspect.getfile(thing)).relative_to(_ABOVE).as_posix()
        text = dedent("".join(lines))
        found[f"{file}:{thing.__qualname__}"] = {
            "file": file, "name": thing.__qualname__, "line": line, "text": text
        }  # fmt: skip
    return found


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _json(value: object) -> str:
    """Return JSON that may stand inside a script element of HTML."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")
