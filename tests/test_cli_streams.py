"""Output that nobody reads, or that has letters missing, changes neither work nor exit code."""

import errno
import io
import json
import os
import subprocess
import sys

import pytest
from commands import Commands
from portions import thinned

from minigan import cli
from minigan.cli.streams import LenientStream, lenient_streams

MINIGAN = [sys.executable, "-W", "error", "-m", "minigan"]
TOY = ["train", "gan", "--data", "ring8", "--latent", "2", "--batch", "4", "--steps", "2"]
WORK = {  # a command, and the files that it leaves
    "train": ([*TOY, "--out", "r"], ["r/metrics.json", "r/samples.png", "r/report.html"]),
    "explain": (["explain", "conv", "--out", "x.png"], ["x.png"]),
    "theory": (["theory"], []),
    "help": (["--help"], []),
    "nothing": ([], []),
}
CLOSING = [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>&1 | head -c 1"]


@pytest.mark.skipif(os.name != "posix", reason="needs a shell that closes files")
@pytest.mark.parametrize(("work", "closing"), thinned(5, WORK, CLOSING))
def test_closed_files_stop_no_work(work, closing, tmp_path):
    command, files = WORK[work]
    words = " ".join(f"'{word}'" for word in [*MINIGAN, *command])
    # the exit code is written to a file, because that of a pipe is the code of its last command
    script = (
        f"( {words}; echo $? >code ) {closing}"
        if "|" in closing
        else f"{words} {closing}; echo $? >code"
    )
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=100
    )
    assert (tmp_path / "code").read_text().strip() == "0", done.stderr
    assert all((tmp_path / file).stat().st_size > 100 for file in files)
    assert "Traceback" not in done.stderr + done.stdout and "ignored" not in done.stderr


LOCALES = {
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "latin": {"PYTHONIOENCODING": "latin-1"},
    "strict": {"PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "1"},
    "C": {"LC_ALL": "C", "LANG": "C"},
    "POSIX": {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "GBK": {"PYTHONIOENCODING": "gbk"},
}


@pytest.fixture(scope="module")
def commands(request):
    with Commands(**LOCALES[request.param]) as found:
        yield found


NAMES = ["数字", "é", "😀 $x_1$", b"\xff\xfe"]


@pytest.mark.skipif(os.name != "posix", reason="needs names of any bytes")
@pytest.mark.parametrize(
    ("commands", "name"), thinned(4, LOCALES, NAMES), indirect=["commands"], ids=ascii
)
def test_a_name_that_cannot_be_encoded_stops_no_work(name, commands, tmp_path):
    try:
        (tmp_path / os.fsdecode(name)).mkdir()
    except OSError:
        pytest.skip("this file system has no such name")
    out = os.path.join(os.fsencode(name), b"run") if isinstance(name, bytes) else f"{name}/{name}"
    done = commands.run([*TOY, "--out", out], tmp_path)
    assert done.returncode == 0, done.stderr
    made = tmp_path / os.fsdecode(out)
    assert json.loads((made / "metrics.json").read_text())["updates"] == 2
    assert (made / "samples.png").stat().st_size > 100
    done = commands.run(["train", "gan", "--resume", out], tmp_path)
    assert done.returncode == 0, done.stderr
    done = commands.run(["sample", "no such", "--out", os.fsencode(out) + b".png"], tmp_path)
    assert done.returncode == 2 and done.stderr.count(b"\n") == 1  # an error stays an error


class Broken(io.StringIO):
    """A stream whose writes or flushes fail."""

    def __init__(self, error, at):
        super().__init__()
        self.error, self.at = error, at

    def write(self, text):
        if self.at == "write":
            raise self.error
        return super().write(text)

    def flush(self):
        if self.at == "flush":
            raise self.error


@pytest.mark.parametrize("at", ["write", "flush"])
@pytest.mark.parametrize(
    "error", [BrokenPipeError(errno.EPIPE, "x"), OSError(errno.EBADF, "x"), ValueError("closed")]
)
def test_a_stream_that_nobody_reads_is_closed(error, at):
    raw = Broken(error, at)
    stream = LenientStream(raw)
    for _ in range(3):
        print("text", file=stream, flush=True)
    assert raw.closed and not stream.isatty()


@pytest.mark.parametrize("at", ["write", "flush"])
def test_a_full_disk_stays_an_error(at):
    with pytest.raises(OSError, match="full"):
        print("text", file=LenientStream(Broken(OSError(errno.ENOSPC, "full"), at)), flush=True)


def test_streams_are_restored_and_none_is_no_stream(monkeypatch, capsys):
    with lenient_streams():
        print("out")
        print("error", file=sys.stderr)
    assert capsys.readouterr() == ("out\n", "error\n")
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert cli.main(["--no-such-option"]) == 2 and cli.main([]) == 0
    assert sys.stdout is None is sys.stderr
