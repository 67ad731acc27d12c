"""Files that are replaced as a whole, and failures that leave the old file."""

import errno
import os

import pytest

from minigan.files import replacing


def test_a_file_appears_whole_with_the_mode_of_any_new_file(tmp_path):
    target, plain = tmp_path / "a.txt", tmp_path / "b.txt"
    plain.touch()
    with replacing(target) as path:
        path.write_text("whole")
        assert path.suffix == ".txt" and not target.exists()
    assert target.read_text() == "whole"
    assert target.stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path, error):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(error), replacing(target) as path:
        path.write_text("half")
        raise error
    assert target.read_text() == "old" and os.listdir(tmp_path) == ["a.txt"]


def test_an_error_names_the_target(tmp_path):
    target = tmp_path / "none" / "a.txt"
    with pytest.raises(FileNotFoundError) as caught, replacing(target):
        pass
    assert (caught.value.filename, caught.value.errno) == (str(target), errno.ENOENT)
    with (
        pytest.raises(OSError, match=r"No space left on device: .*a\.txt"),
        replacing(tmp_path / "a.txt"),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
