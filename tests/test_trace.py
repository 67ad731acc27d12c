"""`python -m benchmarks trace`: it sees every piece, and says what more cores would do."""

import argparse

import pytest

import minigan
from benchmarks import trace
from benchmarks.workloads import Text
from minigan import threads

TEXT = Text("a, b = nn.Linear(300, 900), tensor(rng.random((400, 300)))", "a.double()(b)")


def test_every_piece_is_seen_and_the_package_is_as_before() -> None:
    before, number = threads.parallel, minigan.get_num_threads()
    try:
        seconds, calls = trace.run(TEXT, 3, 2)
    finally:
        minigan.set_num_threads(number)
    assert threads.parallel is before
    assert len(calls) == 3 and {call.work for call in calls} == {
        "threads._matmul_in_pieces.multiply"
    }
    for call in calls:
        assert len(call.pieces) > 1
        assert all(call.start <= p.start <= p.stop <= call.stop for p in call.pieces)
    assert 0 < sum(trace.working(calls).values()) <= 3 * seconds


def test_the_prediction_spreads_pieces_over_cores() -> None:
    pieces = [trace.Piece(0, i, i + 1.0, 1.0) for i in range(5)]
    calls = [trace.Call("work", 0.0, 5.0, pieces)]
    found = [trace.predicted(7.0, calls, cores, 1) for cores in (1, 2, 4, 8)]
    assert found == [7.0, 5.0, 4.0, 3.0]  # 2 outside pieces, and 5, 3, 2, 1 rounds of pieces
    alone = [trace.Call("work", 0.0, 5.0, pieces, alone=True)]
    assert trace.predicted(7.0, alone, 4, 1) == 7.0
    pieces[1].start, pieces[1].stop = 0.5, 1.5
    assert trace.working(calls) == {1: 4.5 - 0.5, 2: 0.5}


def test_an_unknown_workload_is_refused() -> None:
    with pytest.raises(SystemExit, match="trace: no workload dcgan33"):
        trace.main(argparse.Namespace(workloads=["dcgan33"], updates=1, threads=2))
