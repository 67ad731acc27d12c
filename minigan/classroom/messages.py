"""What people read, in English and in Chinese; the texts stand in `texts/en.toml` and `zh.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def texts(language: str) -> dict[str, dict[str, str]]:
    """Return all texts of a language, by section and key."""
    folder = files("minigan.classroom").joinpath("texts")
    return tomllib.loads(folder.joinpath(f"{language}.toml").read_text(encoding="utf-8"))


def words(language: str, section: str) -> dict[str, str]:
    """Return the texts of one section.

    >>> words("en", "report")["passed"]
    'right'
    """
    return texts(language)[section]


def say(key: str, language: str, **values: Any) -> str:
    """Return the message with this key, with its words filled in.

    >>> say("todo", "en", name="f")
    '`f` still raises NotImplementedError: write its body.'
    """
    return texts(language)["messages"][key].format(**values)


def how(kind: str, language: str, **values: Any) -> str:
    """Return how an answer differs from the right one, as the end of a sentence."""
    values = {k: f"{v + 0.0:.6g}" if isinstance(v, float) else v for k, v in values.items()}
    article = "an" if str(values.get("type", ""))[:1].lower() in "aeiou" else "a"
    text = texts(language)["mismatches"][kind].format(a=article, **values)
    if "index" in values:
        text += texts(language)["mismatches"]["entry"].format(**values)
    return text
