"""The table of modes in shards: merged they are the whole table, byte for byte."""

from __future__ import annotations

import argparse
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from dask_cluster import dask_cluster
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import modes, modes_play
from minigan.shards import Shard

PLAN = ["--methods", "GAN", "R1", "--data", "ring8", "--seeds", "3", "--steps", "2"]


def options_of(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    modes.options(parser)
    return parser.parse_args(given)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the runs of PLAN: all of them in `whole`, a third of them in `i-of-3`."""
    folder = tmp_path_factory.mktemp("modes")
    modes.main(options_of(*PLAN, "--out", str(folder / "whole")))
    for number in (1, 2, 3):
        shard = ["--shard", f"{number}/3", "--out", str(folder / f"{number}-of-3")]
        modes.main(options_of(*PLAN, *shard, "--jobs", "1"))
    return folder


def records(folder: Path) -> list[dict[str, Any]]:
    """The records of modes.json without their times."""
    found = json.loads((folder / "modes.json").read_text(encoding="utf-8"))
    return [{name: value for name, value in one.items() if name != "seconds"} for one in found]


def test_merged_shards_are_the_whole_table_byte_for_byte(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [str(made / f"{number}-of-3") for number in (2, 3, 1)]
    capsys.readouterr()
    modes.main(options_of("--merge", *folders, "--out", str(tmp_path)))
    table = (tmp_path / "table.md").read_bytes()
    assert table == (made / "whole/table.md").read_bytes()
    assert capsys.readouterr().out.strip().encode() == table.strip()
    assert (tmp_path / "modes.png").read_bytes() == (made / "whole/modes.png").read_bytes()
    assert records(tmp_path) == records(made / "whole") and len(records(tmp_path)) == 6
    assert len(list(tmp_path.glob("ring8-*.json"))) == 6
    for number in (1, 2, 3):
        assert len(list((made / f"{number}-of-3").glob("ring8-*.json"))) == 2


@pytest.mark.parametrize(
    ("folders", "message"),
    [
        (["1-of-3", "3-of-3"], "shard 2/3 is missing"),
        (["1-of-3", "2-of-3", "3-of-3", "copy"], "shard 2/3 is there twice"),
        (["whole"], "no shard has ended there"),
        (["lost", "1-of-3", "3-of-3"], "is missing, or has other settings"),
    ],
)
def test_what_cannot_be_merged_is_named_in_one_line(
    made: Path, tmp_path: Path, folders: list[str], message: str
) -> None:
    for name in ("copy", "lost"):
        shutil.copytree(made / "2-of-3", made / name, dirs_exist_ok=True)
    next((made / "lost").glob("ring8-*.json")).unlink()
    given = [str(made / folder) for folder in folders]
    with pytest.raises(SystemExit) as error:
        modes.main(options_of("--merge", *given, "--out", str(tmp_path)))
    assert message in str(error.value) and "\n" not in str(error.value)
    assert not (tmp_path / "table.md").exists()


@given(
    seeds=st.integers(1, 12),
    total=st.integers(1, 20),
    methods=st.lists(st.sampled_from(list(modes_play.METHODS)), min_size=1, unique=True),
)
def test_shards_have_of_each_method_as_many_runs(
    seeds: int, total: int, methods: list[str]
) -> None:
    plan = {"methods": methods, "data": ["ring8", "grid25"], "seeds": seeds, "steps": 1}
    jobs = modes.jobs_of(plan)
    parts = [modes.of_shard(jobs, Shard(number, total)) for number in range(1, total + 1)]
    assert sorted(job for part in parts for job in part) == sorted(jobs)
    counts = [Counter(job.method for job in part) for part in parts]
    for method in methods:
        numbers = [count[method] for count in counts]
        assert max(numbers) - min(numbers) <= 1


def test_a_run_that_fails_is_named_and_a_shard_without_it_has_not_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = options_of(*PLAN, "--shard", "1/3", "--out", str(tmp_path))
    given.steps = 0  # divides by it
    with pytest.raises(SystemExit, match="2 runs failed"):
        modes.main(given)
    assert "ring8 GAN seed 0: failed: ZeroDivisionError" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


@pytest.mark.filterwarnings("ignore")  # Dask's own
def test_runs_are_made_on_a_dask_cluster(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dask_cluster(monkeypatch) as address:
        modes.main(options_of(*PLAN, "--scheduler", address, "--out", str(tmp_path)))
    assert records(tmp_path) == records(made / "whole")
