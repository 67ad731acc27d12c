"""Records of chapters that have run, kept beside the chapters until something they rest on changes.

The key is a digest of the chapter, its Chinese text, the tools of the book, the results of longer
runs, all sources of minigan, and the versions of Python and the packages. Pages are written from
the record each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import minigan
from minigan.files import replacing
from tutorials import FOLDER
from tutorials.book import record
from tutorials.book.chapter import Chapter, read
from tutorials.book.record import Record

RECORDS = FOLDER / ".records"
_TOOLS = ("*.py", "book/**/*.*", "lesson/**/*.py", "glossary.toml")


def key(chapter: Chapter, tools: Path = FOLDER, library: Path | None = None) -> str:
    """Return the digest of everything on which the chapter's record rests."""
    library = library or Path(minigan.__file__).parent
    files = [chapter.path, chapter.translation]
    for pattern in _TOOLS:
        files += (f for f in sorted(tools.glob(pattern)) if not f.match("t[0-9][0-9]_*.py"))
    files += sorted(tools.parent.glob("benchmarks/*.json"))
    files += (f for f in sorted(library.rglob("*")) if f.suffix != ".pyc")
    digest = hashlib.sha256(repr(sorted(record.versions().items())).encode())
    for file in files:
        if file.is_file() and "__pycache__" not in file.parts:
            content = file.read_bytes()
            digest.update(f"{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def kept(chapter: Chapter, folder: Path = RECORDS) -> Record | None:
    """Return the record of the chapter as it now is, if there is one."""
    try:
        digest, _, text = _file(chapter, folder).read_text(encoding="utf-8").partition("\n")
        return record.from_json(text) if digest == key(chapter) else None
    except (OSError, ValueError, KeyError, TypeError):  # none, or not one of ours
        return None


def keep(chapter: Chapter, played: Record, folder: Path = RECORDS) -> None:
    """Write the record of a chapter in place of an older one; a run that failed is not kept."""
    if not played.error:
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        with replacing(_file(chapter, folder)) as file:
            file.write_text(f"{key(chapter)}\n{record.to_json(played)}", encoding="utf-8")


def _file(chapter: Chapter, folder: Path) -> Path:
    return folder / f"{chapter.name}.json"


def fresh(paths: list[Path], jobs: int = 1) -> Iterator[Record]:
    """Run chapters, each in an interpreter of its own, `jobs` at a time; yield their records."""
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, context, max_tasks_per_child=1) as pool:
        yield from pool.map(_run, paths)


def _run(path: Path) -> Record:
    return record.run(read(path))
