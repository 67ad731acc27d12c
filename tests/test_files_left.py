"""What killed processes leave is removed by the next save, and nothing else is; locks vanish."""

import errno
import os
import stat
import subprocess
import sys

import pytest

from minigan.files import (
    PREFIX,
    making_folder,
    open_regular,
    read_regular,
    remove_partial_files,
    replacing,
)
from minigan.locks import lock_folder, locks_file, try_lock, unlock

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such locks and modes")
KILLED = """
import os, signal, sys
from minigan.files import making_folder, replacing
if sys.argv[2] == "file":
    with replacing(sys.argv[1]) as path:
        path.write_text("half")
        os.kill(os.getpid(), signal.SIGKILL)
with making_folder(os.path.dirname(sys.argv[1]), ["new"]) as new:
    (new.path / "inside").write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(target, what="file"):
    """Let a process be killed while it writes the target."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(target), what])
    assert done.returncode < 0


@posix
@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_a_killed_process_left_is_removed_by_the_next_save(tmp_path, what):
    killed(tmp_path / "a.npz", what)
    (left,) = os.listdir(tmp_path)
    assert left.startswith(PREFIX)
    with replacing(tmp_path / "other.txt") as path:
        path.write_text("whole")
    assert os.listdir(tmp_path) == ["other.txt"]


@posix
def test_files_of_the_user_stay(tmp_path):
    names = [".notes-20260101.txt", ".checkpoint-0123abcd.npz", "minigan-0123456789abcdef.npz"]
    for name in names:
        (tmp_path / name).write_text("mine")
    (tmp_path / f"{PREFIX}link").symlink_to(tmp_path / names[0])
    remove_partial_files(tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted([*names, f"{PREFIX}link"])


def test_what_is_being_written_stays(tmp_path):
    with replacing(tmp_path / "a") as a, making_folder(tmp_path, ["b"]) as b:
        remove_partial_files(tmp_path)
        with replacing(tmp_path / "c") as c:
            c.write_text("c")
        assert a.exists() and b.path.is_dir()
        a.write_text("a")
    assert sorted(os.listdir(tmp_path)) == ["a", "b", "c"]
    remove_partial_files(tmp_path / "no such folder")


def test_without_locks_only_old_files_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("minigan.files.HAVE_LOCKS", False)
    old, new = tmp_path / f"{PREFIX}1", tmp_path / f"{PREFIX}2"
    for path in (old, new):
        path.touch()
    os.utime(old, (1, 1))
    with replacing(tmp_path / "a"), making_folder(tmp_path, ["b"]):
        pass
    assert sorted(os.listdir(tmp_path)) == [new.name, "a", "b"]


def test_a_new_file_that_was_removed_before_it_was_locked_is_made_again(tmp_path, monkeypatch):
    found, lock = [], try_lock

    def too_late(handle):
        found.append(handle)
        if len(found) == 1:  # another process took it for the file of a killed one
            for path in tmp_path.glob(f"{PREFIX}*"):
                path.unlink()
        return lock(handle)

    monkeypatch.setattr("minigan.files.try_lock", too_late)
    with replacing(tmp_path / "a") as path:
        path.write_text("whole")
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_folder_appears_whole_or_not_at_all(tmp_path, error):
    with pytest.raises(error), making_folder(tmp_path, ["new"]) as new:
        (new.path / "file").touch()
        raise error
    assert os.listdir(tmp_path) == []
    (tmp_path / "old").mkdir()
    with pytest.raises(FileExistsError), making_folder(tmp_path, ["old"]):
        pass
    assert os.listdir(tmp_path) == ["old"]
    with making_folder(tmp_path, ["old", "next", "last"]) as new:
        pass
    assert new.path == tmp_path / "next" and sorted(os.listdir(tmp_path)) == ["next", "old"]


# ------------------------------------------------------------------------------ modes and links


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o777, 0o444])
def test_an_existing_file_keeps_its_mode(tmp_path, mode):
    target = tmp_path / "a.txt"
    target.touch()
    target.chmod(mode)
    with replacing(target) as path:
        path.write_text("new")
    assert stat.S_IMODE(target.stat().st_mode) == mode and target.read_text() == "new"


@posix
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_a_link(tmp_path, there):
    (tmp_path / "folder").mkdir()
    file, link = tmp_path / "folder" / "file.txt", tmp_path / "link.txt"
    link.symlink_to(file)
    if there:
        file.write_text("old")
    with replacing(link) as path:
        assert path.parent == tmp_path / "folder"
        path.write_text("new")
    assert link.is_symlink() and file.read_text() == "new" and not file.is_symlink()
    assert os.listdir(tmp_path / "folder") == ["file.txt"]


@posix
def test_a_pipe_a_device_and_a_folder_are_not_replaced_and_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name in ("pipe", "zero"):
        with pytest.raises(OSError, match="not a regular file") as caught:
            open_regular(tmp_path / name)
        assert caught.value.filename == str(tmp_path / name)
        with pytest.raises(OSError, match="not a regular file"), replacing(tmp_path / name):
            pass
    for use in (open_regular, lambda path: replacing(path).__enter__()):
        with pytest.raises(IsADirectoryError):
            use(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["pipe", "zero"]


def test_a_file_is_read_up_to_a_size(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert read_regular(tmp_path / "a", 5) == b"12345"
    with pytest.raises(OSError, match="larger than 4 bytes") as caught:
        read_regular(tmp_path / "a", 4)
    assert caught.value.errno == errno.EFBIG


# ------------------------------------------------------------------------------ locks


@posix
def test_a_folder_is_locked_once_and_the_error_names_the_process(tmp_path):
    lock = lock_folder(tmp_path, "no such file")
    with pytest.raises(BlockingIOError) as caught:
        lock_folder(tmp_path, "no such file")
    if sys.platform == "linux":
        assert caught.value.strerror == f"process {os.getpid()}"
    unlock(lock)
    unlock(lock_folder(tmp_path, "no such file"))
    assert os.listdir(tmp_path) == []


@posix
def test_a_lock_vanishes_with_its_process(tmp_path):
    program = "import sys, time; from minigan.locks import lock_folder; "
    program += "lock_folder(sys.argv[1], 'a'); print('locked', flush=True); time.sleep(60)"
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"locked\n"
        with pytest.raises(BlockingIOError):
            lock_folder(tmp_path, "a")
        process.kill()
    unlock(lock_folder(tmp_path, "a"))


def test_where_there_are_no_locks_nothing_is_locked(tmp_path, monkeypatch):
    monkeypatch.setattr("minigan.locks.HAVE_LOCKS", False)
    assert lock_folder(tmp_path, "a") is None and not locks_file()
    unlock(None)
