"""python -m tutorials run | walk | build: check a chapter, read it in the terminal, make pages."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tutorials.book.chapter import ChapterError, read, scripts
from tutorials.book.words import LANGUAGES, count_of_claims


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0, 1 if a check failed, 2 for a wrong argument."""
    options = _parser().parse_args(arguments)
    options.chapters = options.chapters or list(scripts())
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal may lack some letters
    try:
        return int(options.act(options))
    except ModuleNotFoundError as error:
        hint = "install the packages of the book: pip install -e '.[book]'"
        print(f"tutorials: {error.name} is missing; {hint}", file=sys.stderr)
        return 1
    except (ChapterError, OSError) as error:
        print(f"tutorials: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(options: argparse.Namespace) -> int:
    """Run chapters and check all that they claim; return 1 if anything is wrong."""
    from tutorials.book import cache, checks, glossary

    terms, chapters = glossary.load(), [read(path) for path in scripts().values()]
    wanted = [chapter for chapter in chapters if chapter.number in options.chapters]
    wrong = 0
    for chapter, record in zip(wanted, cache.fresh([c.path for c in wanted]), strict=True):
        problems = checks.problems(chapter, record, terms, chapters)
        cache.keep(chapter, record)
        found = f"{len(problems) or 'no'} problem{'s' * (len(problems) != 1)}"
        claims = f"{count_of_claims(record.count, 'en')} checked"
        decimals = f"{checks.proved_decimals(chapter, record)} decimals of the text proved"
        print(f"{chapter.name}: {found}; {claims}, {decimals}, {record.seconds:.1f} s", flush=True)
        for problem in problems:
            print(f"  {problem}", flush=True)
        wrong += len(problems)
    return int(wrong > 0)


def walk(options: argparse.Namespace) -> int:
    """Walk through one chapter in the terminal."""
    from tutorials.book.walk import Walk

    (number,) = options.chapters
    chapter = read(scripts()[number])
    if options.lang not in chapter.steps:
        raise ChapterError(f"{chapter.path.name} has no text in the language {options.lang!r}")
    options.out.mkdir(parents=True, exist_ok=True)
    Walk(chapter, options.lang, options.out).start()
    return 0


def build(options: argparse.Namespace) -> int:
    """Write the pages, slides and notebooks of chapters; return 1 if a chapter stopped."""
    from tutorials.book import cache, glossary, site
    from tutorials.book.shelf import Shelf

    started = time.perf_counter()
    chapters = [read(path) for path in scripts().values()]
    wanted = [chapter for chapter in chapters if chapter.number in options.chapters]
    records = {c.name: record for c in wanted if (record := cache.kept(c))}
    for name in records:
        print(f"{name}: unchanged since it last ran", flush=True)
    missing = [chapter for chapter in wanted if chapter.name not in records]
    for chapter, record in zip(
        missing, cache.fresh([c.path for c in missing], options.jobs), strict=True
    ):
        if record.error:
            print(f"{chapter.name}: {record.error}", file=sys.stderr, flush=True)
        else:
            print(f"{chapter.name}: ran in {record.seconds:.1f} s", flush=True)
            cache.keep(chapter, record)
            records[chapter.name] = record
    languages = LANGUAGES if options.lang == "all" else (options.lang,)
    written = site.write(Shelf(chapters, records, glossary.load(), languages, options.out))
    print(f"{options.out}: {len(written)} pages of chapters, {time.perf_counter() - started:.1f} s")
    return int(len(records) < len(wanted))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tutorials", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    checked = commands.add_parser("run", help="Run chapters and check every claim and number.")
    checked.add_argument("chapters", nargs="*", type=_number, help="Numbers, all by default.")
    checked.set_defaults(act=run)

    walked = commands.add_parser("walk", help="Read a chapter in the terminal, step by step.")
    walked.add_argument("chapters", nargs=1, type=_number, metavar="chapter", help="Its number.")
    walked.add_argument("--lang", choices=LANGUAGES, default="en", help="The language.")
    walked.add_argument(
        "--out", type=Path, default=Path("book-pictures"), help="The folder for the pictures."
    )
    walked.set_defaults(act=walk)

    built = commands.add_parser("build", help="Write pages, slides and notebooks.")
    built.add_argument("chapters", nargs="*", type=_number, help="Numbers, all by default.")
    built.add_argument("--lang", choices=[*LANGUAGES, "all"], default="all", help="The languages.")
    built.add_argument("--out", type=Path, default=Path("book-pages"), help="The folder to write.")
    built.add_argument(
        "--jobs",
        type=_jobs,
        default=min(2, os.cpu_count() or 1),
        help="How many chapters run at the same time.",
    )
    built.set_defaults(act=build)
    return parser


def _number(text: str) -> int:
    number = text.lower().removeprefix("t")
    if number.isdecimal() and int(number) in scripts():
        return int(number)
    legal = ", ".join(map(str, scripts()))
    raise argparse.ArgumentTypeError(f"{text!r} is not a chapter (legal: {legal})")


def _jobs(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 64:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of jobs (legal: 1 to 64)")


if __name__ == "__main__":
    sys.exit(main())
