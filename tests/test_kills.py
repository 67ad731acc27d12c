"""A few kills of commands that write, and the check itself on planted files."""

import os

import pytest

from benchmarks import kills
from minigan.files import PREFIX

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


@pytest.mark.parametrize("count", [3, pytest.param(30, marks=pytest.mark.nightly)])
def test_killed_commands_leave_whole_files_and_no_litter(count, tmp_path):
    names = ("sample", "explain", "resume")
    assert kills.kills(tmp_path, count, seed=5, names=names) == []


def test_what_is_not_whole_is_found(tmp_path):
    assert kills.unreadable(tmp_path) == []
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    (tmp_path / "b.npz").write_bytes(b"PK")
    (tmp_path / "empty").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.json").write_text("{}")
    found = [line.partition(":")[0] for line in kills.unreadable(tmp_path)]
    assert found == ["a.png", "b.npz", "empty", os.path.join("run", "config.json")]
    (tmp_path / f"{PREFIX}0.png").touch()
    (tmp_path / f"{PREFIX}link").symlink_to("a.png")
    assert kills.litter(tmp_path) == [f"{PREFIX}link"]
