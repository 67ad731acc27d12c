"""Progress bars: what they show, and that none of them stops the work."""

import io
import sys
import threading

import pytest

from minigan.progress import Bar, _quiet_tqdm, progress


def use(monkeypatch, stream):
    """Count to three on a bar, and two items on another, with this standard error."""
    monkeypatch.setattr(sys, "stderr", stream)
    with Bar(3, "first", unit="update") as bar:
        for i in range(3):
            bar.update({"loss": i / 3})
    assert list(progress(iter("ab"), "letters", 2, unit="letter", stays=False)) == ["a", "b"]
    assert list(progress([], "nothing")) == []


def test_a_bar_shows_how_much_is_done(monkeypatch):
    use(monkeypatch, stream := io.StringIO())
    assert "first: 100%" in stream.getvalue() and "3/3" in stream.getvalue()
    assert "loss=0.667" in stream.getvalue() and "letters" in stream.getvalue()


def test_a_resumed_bar_begins_where_the_work_does(monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    with Bar(8, done=6):
        pass
    assert "75%" in stream.getvalue() and "6/8" in stream.getvalue()


class Failing(io.StringIO):
    """A stream that can be written to a few times only."""

    def __init__(self, error, times):
        super().__init__()
        self.error, self.times = error, times

    def write(self, text):
        self.times -= 1
        if self.times < 0:
            raise self.error
        return super().write(text)


ERRORS = [
    BrokenPipeError(32, "Broken pipe"),
    OSError(28, "No space left on device"),
    OSError(5, "Input/output error"),
    ValueError("I/O operation on closed file."),
    UnicodeEncodeError("ascii", "é", 0, 1, "ordinal not in range"),
]


@pytest.mark.parametrize("times", [0, 2])
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_stream_that_cannot_be_written_to(error, times, monkeypatch):
    use(monkeypatch, Failing(error, times))


def test_no_standard_error_and_a_closed_one(monkeypatch):
    use(monkeypatch, None)
    closed = io.StringIO()
    closed.close()
    use(monkeypatch, closed)


def test_a_stream_without_these_characters(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(raw, "ascii"))
    assert list(progress([1], "编码器")) == [1]


def test_without_tqdm_nothing_is_shown(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    _quiet_tqdm.cache_clear()
    use(monkeypatch, stream := io.StringIO())
    assert stream.getvalue() == ""


def test_no_thread_is_started(monkeypatch):
    def start(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    use(monkeypatch, io.StringIO())


def test_an_exception_of_the_work_is_raised(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with pytest.raises(KeyError), Bar(2) as bar:
        bar.update()
        raise KeyError
