"""The HTML of steps and pictures, the same on pages and on slides."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from html import escape

import numpy as np

from lesson import Claim, Film
from tutorials.book.blocks import Block, arrange
from tutorials.book.chapter import Chapter, Code, Step
from tutorials.book.explorers import at
from tutorials.book.highlight import highlight
from tutorials.book.markdown import Setting, render
from tutorials.book.record import Record
from tutorials.book.words import WORDS, count_of_claims

_ICONS = {
    "back": "M15 5 7 12l8 7",
    "play": "M8 5v14l11-7z",
    "forward": "m9 5 8 7-8 7",
}


class StepWriter:
    """Writes the steps of one chapter in one language, from the record of its run."""

    def __init__(
        self, chapter: Chapter, language: str, record: Record, pages: frozenset[str]
    ) -> None:
        self.chapter, self.language, self.record = chapter, language, record
        self.words, self.pages = WORDS[language], pages
        self.claims: list[Claim] = []  # of the steps so far

    def write(self, step: Step) -> str:
        """Return the HTML of a step, its heading included. Steps are written in their order."""
        self.claims += self.record.claims(step.codes)
        films = self.record.films(step.codes)
        setting = Setting(
            self.language,
            tuple(self.claims),
            lambda name, alt: film_html(films[name], alt, self.language),
            self.pages,
        )
        blocks = [self._block(b, setting) for b in arrange(step, self.language)]
        explorers = [each.html(self.language) for each in at(self.chapter.name, step.id)]
        return "\n".join([*blocks, *explorers])

    def _block(self, block: Block, setting: Setting) -> str:
        if block.code:
            return self._code(block.code)
        words, kind = self.words, block.kind
        text = render(block.text, setting) if block.text else ""
        inside = text + "\n".join(self._block(each, setting) for each in block.blocks)
        if kind == "text":
            return text
        if kind in ("heard", "note"):
            return f'<aside class="{kind}"><p class="label">{words[kind]}</p>{inside}</aside>'
        if kind == "predict":
            guess = f'<label>{words["guess"]} <input type="text" class="guess"></label>'
            label = f'<p class="label">{words["predict"]}</p>'
            return f'<div class="predict">{label}{text}{guess}</div>'
        label = words[kind].format(block.number)
        return f'<details class="{kind}"><summary>{label}</summary>{inside}</details>'

    def _code(self, code: Code) -> str:
        output = self.record.output(code)
        html = f'<pre class="code" tabindex="0"><code>{highlight(code.source)}</code></pre>'
        if code.draws:
            summary = f"<summary>{self.words['drawing']}</summary>"
            html = f'<details class="drawing">{summary}{html}</details>'
        if output.text:
            html += f'<pre class="output" tabindex="0">{escape(output.text.rstrip())}</pre>'
        if output.claims:
            html += self._checked(output.claims)
        return f'<div class="cell">{html}</div>'

    def _checked(self, claims: Sequence[Claim]) -> str:
        count = self.words["checked"].format(count_of_claims(len(claims), self.language))
        lines = "".join(f"<li>{escape(str(claim))}</li>" for claim in claims)
        return f'<details class="claims"><summary>{count}</summary><ul>{lines}</ul></details>'


def with_anchor(html: str, step: Step, number: int, language: str) -> str:
    """Return a step's HTML with a link to it behind its heading, the chapter's number before."""
    title = escape(WORDS[language]["link"])
    link = f' <a class="anchor" href="#{step.id}" title="{title}" aria-label="{title}">#</a>'
    html = html.replace("<h1>", f'<h1><span class="number">T{number:02}</span> ')
    return re.sub(r"(</h[12]>)", rf"{link}\1", html, count=1)


def film_html(film: Film, alt: str, language: str) -> str:
    """Return a picture, or a player for several."""
    frames = [b64encode(frame).decode("ascii") for frame in film.frames]
    images = "".join(
        f'<img src="data:image/png;base64,{frame}" alt="{escape(alt)}"'
        f"{' hidden' * (at != film.start)}>"
        for at, frame in enumerate(frames)
    )
    if not film.sliders:
        return images
    words = WORDS[language]
    buttons = "".join(
        f'<button type="button" data-do="{name}" title="{words[name]}" aria-label="{words[name]}">'
        f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{path}"/></svg></button>'
        for name, path in _ICONS.items()
    )
    places = [int(at) for at in np.unravel_index(film.start, [len(v) for _, v in film.sliders])]
    sliders = "".join(
        _slider(label or words["step"], _shown(label, values), at)
        for (label, values), at in zip(film.sliders, places, strict=True)
    )
    return (
        f'<div class="player" tabindex="0" role="group" aria-label="{escape(alt)}" '
        f'title="{words["keys"]}" data-seconds="{film.seconds or 1.0}">'
        f'<div class="frames">{images}</div><div class="controls">{buttons}{sliders}</div></div>'
    )


def _slider(name: str, shown: Sequence[str], at: int) -> str:
    """A slider that stands at one of its values, and the value beside it."""
    return (
        f'<label class="slider"><input type="range" min="0" max="{len(shown) - 1}" value="{at}" '
        f'aria-label="{escape(name)}" data-shown="{escape("|".join(shown))}">'
        f"<output>{escape(shown[at])}</output></label>"
    )


def _shown(label: str, values: Sequence[str]) -> list[str]:
    """What stands beside a slider: "k = 3", or the number of the step, "2 / 9"."""
    return [f"{label} = {value}" if label else f"{value} / {len(values)}" for value in values]
