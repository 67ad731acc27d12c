"""Files that are replaced as a whole, and failures that leave the old file."""

import errno
import os
import stat
from contextlib import nullcontext

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


# ------------------------------------------------------------------- what differs between systems


@pytest.mark.skipif(os.name != "posix", reason="Windows has no umask")
@pytest.mark.parametrize("umask", [0o777, 0o666, 0o277, 0o477, 0o377])
def test_the_owner_may_read_and_write_whatever_the_umask(umask, tmp_path):
    before = os.umask(umask)
    try:
        for text in ("first", "second"):
            with replacing(tmp_path / "a.txt") as path:
                assert path.stat().st_mode & 0o600 == 0o600
                path.write_text(text)
            mode = (tmp_path / "a.txt").stat().st_mode & 0o777
            assert mode == 0o600 | (0o666 & ~umask)
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").read_text() == "second"


def test_a_umask_that_is_only_reported_changes_nothing(tmp_path, monkeypatch):
    """Some versions of Pyodide report 0o777, but make files that can be read."""
    monkeypatch.setattr(os, "umask", lambda mask: 0o777)
    with replacing(tmp_path / "a.txt") as path:
        path.write_text("whole")
    assert (tmp_path / "a.txt").stat().st_mode & 0o600 == 0o600


def test_the_umask_of_the_process_is_not_touched(tmp_path, monkeypatch):
    """Another thread could make a file at that moment, with rights for everybody."""
    monkeypatch.delattr(os, "umask", raising=False)
    with replacing(tmp_path / "a.txt") as path:
        path.write_text("whole")


@pytest.mark.parametrize("name", ["a" * 251 + ".png", "图" * 83 + ".npz", "a.b" * 85, "x", ".x"])
def test_a_name_as_long_as_the_system_allows(name, tmp_path):
    with replacing(tmp_path / name) as path:
        path.write_text("whole")
        assert path.suffix == (tmp_path / name).suffix
    assert os.listdir(tmp_path) == [name]


def busy(monkeypatch, times):
    """Let renames fail as on Windows while another program has the file open."""
    rename, left = os.replace, [times]

    def replace(*paths):
        left[0] -= 1
        if left[0] >= 0:
            raise PermissionError(errno.EACCES, "The process cannot access the file", str(paths[1]))
        return rename(*paths)

    monkeypatch.setattr(os, "replace", replace)


def test_a_rename_is_tried_for_a_second_on_windows(tmp_path, monkeypatch):
    monkeypatch.setattr("minigan.files._WINDOWS", True)
    busy(monkeypatch, 3)
    with replacing(tmp_path / "a.txt") as path:
        path.write_text("whole")
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("windows", [True, False])
def test_a_target_that_stays_open_is_an_error_that_names_it(windows, tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("old")
    monkeypatch.setattr("minigan.files._WINDOWS", windows)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr("time.monotonic", iter(range(9)).__next__)
    busy(monkeypatch, 9)
    with pytest.raises(PermissionError) as caught, replacing(tmp_path / "a.txt") as path:
        path.write_text("new")
    assert caught.value.filename == str(tmp_path / "a.txt")
    assert os.listdir(tmp_path) == ["a.txt"] and (tmp_path / "a.txt").read_text() == "old"


def test_a_temporary_file_that_is_open_still_does_not_hide_the_error(tmp_path, monkeypatch):
    def held(*_, **__):
        raise PermissionError(errno.EACCES, "used by another process")

    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "a.txt"):
        monkeypatch.setattr("pathlib.Path.unlink", held)
        raise ZeroDivisionError


def test_a_folder_that_cannot_be_opened(tmp_path, monkeypatch):
    """Windows opens no folders; on other systems a folder may be one to write to only."""
    opened = os.open

    def open_files_only(path, *arguments, **settings):
        if os.path.isdir(path):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, *arguments, **settings)

    monkeypatch.setattr(os, "open", open_files_only)
    with replacing(tmp_path / "a.txt") as path:
        path.write_text("whole")
    assert (tmp_path / "a.txt").read_text() == "whole"


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EIO])
def test_a_folder_that_cannot_be_flushed(code, tmp_path, monkeypatch):
    flush = os.fsync

    def flush_files_only(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(code, os.strerror(code))
        flush(handle)

    monkeypatch.setattr(os, "fsync", flush_files_only)
    lost = pytest.raises(OSError, match="a.txt") if code == errno.EIO else nullcontext()
    with lost, replacing(tmp_path / "a.txt") as path:
        path.write_text("whole")
    assert (tmp_path / "a.txt").read_text() == "whole"
