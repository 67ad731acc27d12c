"""A chapter in the terminal: a step at a time, predictions asked before answers are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tutorials.book.blocks import Block, arrange
from tutorials.book.chapter import Chapter, Step
from tutorials.book.explorers import at
from tutorials.book.record import Output, Player
from tutorials.book.terminal import plain
from tutorials.book.words import WORDS


class _Quit(Exception):
    """The reader has had enough."""


class Walk:
    """Walks a reader through a chapter; the code runs when the reader gets to it."""

    def __init__(
        self,
        chapter: Chapter,
        language: str,
        folder: Path,
        ask: Callable[[str], str] = lambda prompt: input(prompt),
        say: Callable[[str], None] = print,
    ) -> None:
        self.chapter, self.language, self.folder = chapter, language, folder
        self.ask, self.say, self.words = ask, say, WORDS[language]
        self.player = Player(chapter)
        self.guess = ""

    def start(self) -> bool:
        """Walk to the end of the chapter, or until the reader quits; return whether it ended."""
        steps = self.chapter.steps[self.language]
        try:
            for number, step in enumerate(steps):
                self.say(f"\n--- {self.chapter.name} {number + 1}/{len(steps)} [{step.id}]\n")
                self._step(step)
                if number + 1 < len(steps):
                    self._pause(self.words["press"])
        except (_Quit, EOFError):
            self.say("")
            return False
        self.say("\n" + self.words["done"].format(plain(self.chapter.field(self.language, "next"))))
        return True

    def _pause(self, words: str) -> str:
        reply = self.ask(words).strip()
        if reply.lower() == "q":
            raise _Quit
        return reply

    def _step(self, step: Step) -> None:
        hints: list[Block] = []
        for block in arrange(step, self.language):
            if block.kind == "hint":
                hints.append(block)
            else:
                self._block(block, hints)
        for each in at(self.chapter.name, step.id):
            self.say(each.plain(self.language) + "\n")

    def _block(self, block: Block, hints: list[Block]) -> None:
        if block.code:
            if not block.code.draws:
                lines = (f"    >>> {line}" for line in block.code.source.splitlines())
                self.say("\n".join(lines) + "\n")
            self._show(self.player.run(block.code))
        elif block.kind == "predict":
            self.say(f"{self.words['predict']}: {plain(block.text)}\n")
            self.guess = self._pause(self.words["your guess"])
        elif block.kind == "answer":
            self.say("")
            for inner in block.blocks:
                self._block(inner, [])
            if self.guess:
                self.say(self.words["you said"].format(self.guess) + "\n")
        elif block.kind == "solution":
            for hint in self._wanted(hints):
                self.say(f"{self.words['hint'].format(hint.number)}: {plain(hint.text)}\n")
            for inner in block.blocks:
                self._block(inner, [])
        else:
            label = f"{self.words[block.kind]}: " if block.kind in ("heard", "note") else ""
            self.say(plain(label + block.text) + "\n")

    def _wanted(self, hints: list[Block]) -> Iterator[Block]:
        """Yield one hint after the other, as long as the reader wants one."""
        for hint in hints:
            if self._pause(self.words["press hint"]).lower() != "h":
                return
            yield hint
        self._pause(self.words["press"])

    def _show(self, output: Output) -> None:
        if output.text:
            self.say(output.text.rstrip() + "\n")
        for claim in output.claims:
            self.say(f"  ok  {claim}")
        for film in output.films:
            self.say("  " + self.words["picture"].format(film.save(self.folder)))
        if output.claims or output.films:
            self.say("")
