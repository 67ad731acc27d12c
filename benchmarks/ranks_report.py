"""What `ranks` found, as tables in Markdown: sides, the model beside measurements, more ranks."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks.machine import describe
from benchmarks.ranks_model import NETWORKS, Call, Costs, Network, fitted, traffic
from benchmarks.turns import ratios, spread
from benchmarks.workloads import Workload

MODELLED = (4, 16, 64)
MEASURED = {1: "1 process, 1 thread", 2: "2 ranks", 4: "4 ranks"}
ONE, TORCH = "1 process, 1 thread", "PyTorch, 2 threads"


def markdown(kept: dict[str, Any], workloads: Sequence[Workload], cores: int) -> str:
    """All tables of what is known."""
    results, names = kept["results"], [workload.name for workload in workloads]
    about = [
        kept["machine"],
        *(kept["sides"][name] for name in (ONE, TORCH) if name in kept["sides"]),
    ]
    parts = ["; ".join(map(describe, about))]
    parts.append("; ".join(f"{workload.name}: {workload.what}" for workload in workloads))
    parts.append(sides(results, names))
    if "messages" in results:
        costs = costs_of(results["messages"])
        known = [name for name in names if "compute" in results.get(name, {})]
        parts += [constants(costs, results["messages"]), check(results, known, costs, cores)]
        parts.append(more(results, known, costs))
    return "\n\n".join(part for part in parts if part)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows in Markdown, the first of which are the titles."""
    lines = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def sides(results: dict[str, Any], names: Sequence[str]) -> str:
    """The sides of each workload: milliseconds, and ratios turn by turn."""
    rows = [
        ["update", "side", "ms", "speed-up over 1 process, 1 thread", "time / PyTorch, 2 threads"]
    ]
    for name in names:
        turns = results.get(name, {}).get("turns", {})
        for side, seconds in turns.items():
            ms = spread([1e3 * second for second in seconds], ".1f")
            compared = []
            for other, over in ((ONE, True), (TORCH, False)):
                known = turns.get(other, [])
                pair = (known, seconds) if over else (seconds, known)
                same = len(known) == len(seconds) and side != other
                compared.append(spread(ratios(*pair), ".2f") if same else "")
            rows.append([name, side, ms, *compared])
    return table(rows) if len(rows) > 1 else ""


def costs_of(messages: Sequence[Sequence[Any]]) -> Costs:
    """The costs that were measured."""
    exchanges = [(m, size, s) for kind, m, size, s in messages if kind == "exchange"]
    sums = [(size, s) for kind, _, size, s in messages if kind == "sum"]
    (adding,) = (s / size for kind, _, size, s in messages if kind == "add")
    return fitted(exchanges, sums, adding)


def constants(costs: Costs, messages: Sequence[Sequence[Any]]) -> str:
    """The costs, and how well they describe the sums that were measured."""
    text = (
        f"Measured between two ranks: c = {1e6 * costs.call:.1f} us a call, o = "
        f"{1e6 * costs.message:.1f} us a message, s = {1e6 * costs.sum_call:.1f} us a sum; G = "
        f"{1e9 * costs.per_byte:.3f}, A = {1e9 * costs.adding:.3f} and C = "
        f"{1e9 * costs.joining:.3f} ns a byte."
    )
    rows = [["sum over two ranks, bytes", "measured, us", "model, us", "error"]]
    for kind, _, size, seconds in messages:
        if kind == "sum":
            rows.append([f"{size:,}", *compared(seconds, costs.sum(2, size), 1e6)])
    return f"{text}\n\n{table(rows)}"


def compared(measured: float, model: float, unit: float = 1e3) -> list[str]:
    """A measured time, that of the model, and the model's error."""
    return [f"{unit * measured:.1f}", f"{unit * model:.1f}", f"{model / measured - 1:+.0%}"]


def update(
    result: dict[str, Any], P: int, costs: Costs, network: Network | None, kind: str = "part"
) -> tuple[float, float]:
    """T(P) without K, equation 4, and its part that is messages."""
    calls = [Call(*call) for call in result["calls"]]
    sent = costs.calls(P, calls, network) if network else costs.calls(P, calls)
    return value(result["compute"][kind], P) + sent, sent


def value(times: dict[Any, float], P: int) -> float:
    """An entry of a table whose keys JSON may have turned into texts."""
    return times[P] if P in times else times[str(P)]


def check(results: dict[str, Any], names: Sequence[str], costs: Costs, cores: int) -> str:
    """The model beside what was measured on this machine."""
    rows = [["update", "ranks", "measured, ms", "model, ms", "error", "of it messages, ms"]]
    for name in names:
        result = results[name]
        for P, side in MEASURED.items():
            if side not in result.get("turns", {}):
                continue
            _, sent = update(result, P, costs, None)
            crowd = (result["crowding"] if P > 1 else 1.0) * max(1.0, P / cores)
            model = crowd * value(result["compute"]["part"], P) + sent
            on = f"{P} on {cores} cores" if cores < P else str(P)
            figures = compared(median(result["turns"][side]), model)
            rows.append([name, on, *figures, f"{1e3 * sent:.1f}"])
    return table(rows) if len(rows) > 1 else ""


def more(results: dict[str, Any], names: Sequence[str], costs: Costs) -> str:
    """What the model expects of more ranks, of one thread, each on a machine of its own.

    Messages and MB are what each rank sends in an update.
    """
    head = ["update", "ranks", "network", "messages", "MB sent"]
    head += ["same batch: ms", "speed-up", "of it messages"]
    rows = [[*head, "batch times ranks: ms", "efficiency", "of it messages"]]
    for name in names:
        result = results[name]
        calls = [Call(*call) for call in result["calls"]]
        one = value(result["compute"]["part"], 1)
        for P in MODELLED:
            sent, size = traffic(P, calls)
            for network in NETWORKS:
                row = [name, str(P), network.name, f"{sent // P:,}", f"{size / P / 1e6:.1f}"]
                for kind in ("part", "whole"):
                    seconds, waits = update(result, P, costs, network, kind)
                    gain = f"{one / seconds:.1f}" if kind == "part" else f"{one / seconds:.0%}"
                    row += [f"{1e3 * seconds:.1f}", gain, f"{waits / seconds:.0%}"]
                rows.append(row)
    return table(rows) if names else ""
