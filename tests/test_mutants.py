"""Mutants and planted bugs: every small change is found, samples repeat, verdicts are right."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import mutation, planted
from benchmarks.mutants import mutants
from benchmarks.wrong_copy import ROOT, TESTS, Verdict, WrongCopy, room_of

TEXT = '''"""A text with 1 + 1 in it."""

LIMIT: int = 3


def f(x: float, *, deep: bool = True) -> float:
    """Return a number > 0."""
    if x < LIMIT and not deep:
        raise ValueError(f"{x + 1} is too small")
    print(x)
    x += 2
    return g(x, 1.5, k=-x) if deep else x
'''


def test_the_mutants_of_a_text() -> None:
    found = [str(mutant).partition(": ")[2] for mutant in mutants("file.py", TEXT)]
    assert found == [
        "`3` -> `(3 + 1)`",
        "`True` -> `False`",
        "`x < LIMIT` -> `(x) <= (LIMIT)`",
        "`x < LIMIT and not deep` -> `((x < LIMIT) or (not deep))`",
        "`x < LIMIT and not deep` -> `not (x < LIMIT and not deep)`",
        "`not deep` -> `(deep)`",
        '`raise ValueError(f"{x + 1} is too small")` -> `pass`',
        "`print(x)` -> `pass`",
        "`x += 2` -> `pass`",
        "`2` -> `(2 + 1)`",
        "`g(x, 1.5, k=-x)` -> `g(1.5, x, k=-x)`",
        "`g(x, 1.5, k=-x)` -> `g(x, 1.5)`",
        "`g(x, 1.5, k=-x) if deep else x` -> `(x if deep else g(x, 1.5, k=-x))`",
        "`1.5` -> `(1.5 + 1)`",
        "`-x` -> `(x)`",
    ]


def test_a_sample_is_drawn_by_its_seed() -> None:
    first, again, other = (mutation.sample("optim", 9, seed, ROOT) for seed in (1, 1, 2))
    assert first == again != other and len(set(first)) == 9
    for mutant in first:
        text = (ROOT / mutant.file).read_text(encoding="utf-8")
        assert text[mutant.start : mutant.stop] == mutant.old
        compile(mutant.apply(text), mutant.file, "exec")


def test_a_change_at_import_waits_for_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of the copy have one change at a time."""
    order = []

    def try_many(*_: Any) -> Iterator[dict[str, object]]:
        for kind in ("unclear", "caught"):
            order.append(kind)
            yield {"kind": kind, "seconds": 0.0, "words": ""}

    class Copy:
        root, environment = ROOT, {}

        def try_text(self, *_: Any) -> Verdict:
            order.append("new process")
            return Verdict("survived", 0.0, "")

    monkeypatch.setattr(mutation, "try_many", try_many)
    drawn = [("optim", mutant) for mutant in mutation.sample("optim", 2, 0, ROOT)]
    found = {i: record["kind"] for i, record in mutation.verdicts(Copy(), drawn)}
    assert order == ["unclear", "caught", "new process"]
    assert found == {0: "survived", 1: "caught"}


def test_every_room_has_tests_and_its_own_files() -> None:
    for room, stages in TESTS.items():
        assert all((ROOT / path).exists() for paths in stages for path in paths), room
        files = mutation.files_of(room, ROOT)
        assert files and {room_of(file) for file in files} == {room}
    with pytest.raises(ValueError, match=r"minigan/viz/plots\.py: .*the rooms are"):
        room_of("minigan/viz/plots.py")


BUGS = planted.bugs()


def test_there_are_96_planted_bugs() -> None:
    assert len({bug.what for bug in BUGS}) == len(BUGS) == 96


@pytest.mark.parametrize("number", range(len(BUGS)))
def test_a_planted_bug_fits_its_file(number: int) -> None:
    """If this fails because code was changed, `old` in benchmarks/planted.toml is changed too."""
    bug = BUGS[number]
    text = (ROOT / bug.file).read_text(encoding="utf-8")
    compile(bug.apply(text), bug.file, "exec")


@pytest.fixture
def small(tmp_path: Path) -> Any:
    """Return a wrong copy of a small repository: a function and its test."""
    root = tmp_path / "small"
    (root / "minigan").mkdir(parents=True)
    (root / "minigan/__init__.py").touch()
    (root / "minigan/half.py").write_text("def half(x):\n    return x / 2\n", encoding="utf-8")
    (root / "test_half.py").write_text(
        "from minigan.half import half\n\ndef test():\n    assert half(4) == 2\n"
        "    try:\n        import torch\n    except ModuleNotFoundError:\n        return\n"
        "    assert False\n",
        encoding="utf-8",
    )
    try:
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    except OSError:
        pytest.skip("there is no git")
    copy = WrongCopy(root=root)
    yield copy
    copy.close()
    assert not copy.root.exists()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("return x / 2", "survived"),
        pytest.param("return x * 0.5", "survived", marks=pytest.mark.nightly),
        ("return x / 3", "caught"),
        ("while True: pass", "timeout"),
        pytest.param("return x / 2\nraise RuntimeError", "error", marks=pytest.mark.nightly),
    ],
)
def test_the_verdict_on_a_change(small: WrongCopy, code: str, kind: str) -> None:
    text = f"def half(x):\n    {code}\n"
    limit = 3.0 if kind == "timeout" else 100.0
    verdict = small.try_text("minigan/half.py", text, [["test_half.py"]], limit)
    assert verdict.kind == kind
    assert "test_half.py" in verdict.words or kind in ("survived", "timeout")
    assert (small.root / "minigan/half.py").read_text().endswith("return x / 2\n")
