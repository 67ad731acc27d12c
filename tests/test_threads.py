"""Threads: exact products, equal bits at any number of threads, exceptions, nesting and forks."""

import os
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

import minigan
from minigan import blas
from minigan.threads import matmul, one_blas_thread, parallel


@pytest.fixture
def threads():
    before = minigan.get_num_threads()
    yield minigan.set_num_threads
    minigan.set_num_threads(before)


SHAPES = [
    ((3,), (3,)),
    ((3,), (3, 4)),
    ((2, 3), (3,)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (5, 3, 4)),
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 4)),
    ((2, 1, 2, 3), (4, 3, 2)),
    ((7, 1), (1, 5)),
    ((2, 1, 3, 1), (4, 1, 5)),
    ((0, 3), (3, 4)),
    ((2, 0), (0, 4)),
    ((1, 1), (1, 1)),
    ((70, 300), (300, 900)),
    ((1, 300), (300, 1)),
    ((500, 300), (300, 200)),
    ((200, 300), (300, 700)),
    ((6, 90, 80), (6, 80, 70)),
]


@pytest.mark.parametrize(("a", "b"), SHAPES, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_products_of_integers_are_exact(a, b, dtype, threads):
    rng = np.random.default_rng(0)
    x, y = (rng.integers(-4, 5, shape).astype(dtype) for shape in (a, b))
    expected = np.matmul(x.astype(np.int64), y.astype(np.int64))
    for count in (1, 2, 3):
        threads(count)
        z = matmul(x, y)
        np.testing.assert_array_equal(z, expected)
        assert z.dtype == dtype
        strided = np.repeat(x, 2, axis=-1)[..., ::2]
        np.testing.assert_array_equal(matmul(strided, np.asfortranarray(y)), expected)


@pytest.mark.parametrize(
    "shape",
    [
        (256, 128, 128),
        (64, 1024, 64),
        (700, 500, 300),
        (40, 900, 1100),
        (300, 64, 2000),
        (3000, 100, 17),
        (129, 4097, 65),
    ],
    ids=str,
)
def test_the_same_bits_at_any_number_of_threads(shape, threads):
    M, K, N = shape
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(M, K)).astype(np.float32), rng.normal(size=(K, N)).astype(np.float32)
    found = []
    for count in (1, 2, 4, 7):
        threads(count)
        found.append(matmul(a, b))
    for other in found[1:]:
        np.testing.assert_array_equal(found[0], other)


def test_no_array_is_kept_once_the_work_is_done(threads):
    threads(3)
    a = np.ones((256, 128), "float32")
    matmul(a, a.T.copy())
    parallel(lambda piece: None, range(9))  # a helper that was late finds no pieces
    deadline = time.monotonic() + 5
    while sys.getrefcount(a) > 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert sys.getrefcount(a) == 2


def test_blas_has_its_threads_back_afterwards(threads):
    threads(2)
    before = [library["num_threads"] for library in threadpool_info()]
    a = np.ones((300, 300))
    with one_blas_thread, one_blas_thread:
        assert all(
            library["num_threads"] == 1
            for library in threadpool_info()
            if library["user_api"] == "blas"
        )
    matmul(a, a)
    assert [library["num_threads"] for library in threadpool_info()] == before


@given(st.integers(0, 40), st.integers(1, 5))
def test_every_piece_is_computed_once(pieces, count):
    before = minigan.get_num_threads()
    minigan.set_num_threads(count)
    try:
        done, lock = [], threading.Lock()

        def work(piece):
            with lock:
                done.append(piece)

        parallel(work, range(pieces))
        assert sorted(done) == list(range(pieces))
    finally:
        minigan.set_num_threads(before)


@pytest.mark.parametrize(("alone", "most"), [(True, 1), (False, 3)])
def test_pieces_are_handed_over_unless_alone(alone, most, threads):
    threads(3)
    for _ in range(20):
        seen = set()

        def work(piece, seen=seen):
            time.sleep(0.001)  # so that helpers have time to take a piece
            seen.add(threading.current_thread().name)

        parallel(work, range(6), alone=alone)
        assert 1 <= len(seen) <= most
        if len(seen) > 1:
            return
    assert alone  # else helpers took part at least once


class _Library:
    """A stand-in for threadpoolctl's controller of a BLAS library that is not NumPy's OpenBLAS."""

    def __init__(self):
        self.number, self.calls = 4, []

    def get_num_threads(self):
        return self.number

    def set_num_threads(self, number):
        self.calls.append(number)
        self.number = number


class _Obedient(_Library):
    """One that obeys the first thread that set a number, until it is told to forget it."""

    threading_layer, dynlib, first = "pthreads", object(), None

    def clear_controlling_thread(self, force=False):
        assert force
        self.calls.append("forget")
        self.first = None

    def set_num_threads(self, number):
        self.first = self.first or threading.current_thread()
        if self.first is threading.current_thread():
            super().set_num_threads(number)


@pytest.mark.parametrize(
    ("controller", "calls"),
    [(_Library, [1, 4]), (_Obedient, ["forget", 1, "forget", "forget", 4, "forget"])],
)
def test_any_thread_limits_other_libraries_too(controller, calls, monkeypatch):
    controller = controller()
    limit = blas._OneThread()
    monkeypatch.setattr(blas, "_libraries", lambda: [blas._library(controller)])

    def limited():
        with limit:
            numbers.append(controller.number)

    numbers = []
    for _ in range(2):
        thread = threading.Thread(target=limited)
        thread.start()
        thread.join()
    assert numbers == [1, 1] and controller.number == 4 and controller.calls == calls * 2


def test_all_pieces_have_ended_when_an_exception_is_raised(threads):
    threads(3)
    ended = []

    def work(failing):
        together.wait(timeout=10)
        name = threading.current_thread().name
        if name == failing:
            raise KeyError(name)
        if name.startswith("minigan"):
            time.sleep(0.01)
            ended.append(name)

    for failing in ["minigan-0", "minigan-1"] * 4:  # either helper may fail
        together = threading.Barrier(3)
        ended.clear()
        with pytest.raises(KeyError):
            parallel(work, [failing] * 3)
        assert len(ended) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows does not fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_works_at_any_moment(threads):
    threads(3)
    parallel(lambda piece: None, range(9))
    with one_blas_thread.lock:  # as held by another thread at that moment
        child = os.fork()
        if child == 0:
            os._exit(0 if matmul(np.ones((200, 200)), np.ones((200, 200)))[0, 0] == 200 else 1)
    deadline = time.monotonic() + 10
    while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < deadline:
        time.sleep(0.01)
    if ended == (0, 0):
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert ended == (child, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_an_exception_in_a_piece_is_raised_here(count, threads):
    threads(count)

    def work(piece):
        if piece == 5:
            raise KeyError("five")

    with pytest.raises(KeyError, match="five"):
        parallel(work, range(9))
    parallel(lambda piece: None, range(9))


def test_pieces_may_be_cut_again(threads):
    threads(3)
    found = np.zeros((4, 5))

    def outer(i):
        def inner(j):
            found[i, j] = matmul(np.full((2, 3), i + 1.0), np.full((3, 2), j + 1.0)).sum()

        parallel(inner, range(5))

    parallel(outer, range(4))
    np.testing.assert_array_equal(found, 12 * np.outer(np.arange(1, 5), np.arange(1, 6)))


def test_no_warning_from_any_thread(threads):
    threads(2)
    x = minigan.tensor(np.full((600, 600), 1e38, np.float32))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert minigan.isinf(x @ x).all()


def test_products_from_several_threads_at_once(threads):
    threads(2)
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(300, 400)), rng.normal(size=(400, 500))
    expected, found = matmul(a, b), []
    workers = [threading.Thread(target=lambda: found.append(matmul(a, b))) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(found) == 4 and all(np.array_equal(y, expected) for y in found)


def test_illegal_numbers_of_threads():
    for wrong in (0, -2, True, 1.5, "2"):
        with pytest.raises((TypeError, ValueError), match="set_num_threads: threads="):
            minigan.set_num_threads(wrong)


@pytest.mark.parametrize("most", [0, 1])
def test_a_system_that_starts_no_more_threads(most, threads, monkeypatch):
    """A limit on processes (ulimit -u, a container, a grader) stops the start of threads."""
    start, started = threading.Thread.start, []

    def refuse(thread):
        if len(started) >= most:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    threads(4)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    a, b = np.ones((700, 500)), np.ones((500, 300))
    for _ in range(2):
        np.testing.assert_array_equal(matmul(a, b), np.full((700, 300), 500.0))
    done = []
    parallel(done.append, range(9))
    assert sorted(done) == list(range(9)) and len(started) == most
    monkeypatch.undo()
    threads(3)
    parallel(done.append, range(9))
    assert len(done) == 18


def test_no_work_waits_for_threads_that_were_not_started(threads, monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    threads(4)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    piece = np.ones(3)
    parallel(lambda i: piece[i], range(3))
    assert sys.getrefcount(piece) == 2
