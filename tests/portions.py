"""Which tests a run of pytest has: the daily ones or all, and the whole suite or a part of it.

A test with the marker `nightly` takes long and guards what rarely breaks; `.ci/nightly` runs it.
`--part 1/2` and `--part 2/2` have the two halves of the suite, cut by files, so that two processes
can run them at once. The seconds of the slow files are kept in `seconds.txt`.
"""

import re
from collections import defaultdict
from itertools import product
from pathlib import Path

import pytest

SECONDS = Path(__file__).with_name("seconds.txt")
QUICK = 0.01  # seconds of a test in a file that is not listed


def add_options(parser):
    """Add the options of the suite."""
    group = parser.getgroup("minigan")
    group.addoption("--nightly", action="store_true", help="run the long tests, too")
    group.addoption("--part", metavar="K/N", type=part, help="run one of N parts of the files")


def part(text):
    """Return the two numbers of a part, as in 1/2. Raises ValueError if they are not legal."""
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise ValueError(f"{text!r} is not a part (legal: 1/2)")
    return int(found[1]), int(found[2])


def select(config, items):
    """Keep the items that this run has; pytest counts the others as deselected."""
    chosen = list(items)
    if config.getoption("part"):
        here = files_of_part(counts(items), *config.getoption("part"))
        chosen = [item for item in chosen if file_of(item) in here]
    named = any("::" in str(argument) for argument in config.args)
    everything = config.getoption("nightly") or "nightly" in config.getoption("markexpr")
    later = []
    if not (everything or named):
        later = [item for item in chosen if item.get_closest_marker("nightly")]
        chosen = [item for item in chosen if not item.get_closest_marker("nightly")]
    kept = set(chosen)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = chosen
    return len(later)


def thinned(every, *axes):
    """Return all combinations of some values as parameters, of which most are nightly.

    Daily are those whose indices add up to a multiple of `every`. So each value is tried daily,
    also with different values of the others, if no other axis is shorter than `every`.
    """
    found = []
    for indexed in product(*map(enumerate, axes)):
        indices, values = zip(*indexed, strict=True)
        marks = [pytest.mark.nightly] if sum(indices) % every else []
        found.append(pytest.param(*values, marks=marks))
    return found


def file_of(item):
    """Return the file of a test, relative to the folder of the suite."""
    return item.nodeid.partition("::")[0]


def counts(items):
    """Return how many tests of this run each file has."""
    found = defaultdict(int)
    for item in items:
        found[file_of(item)] += 1
    return dict(found)


def files_of_part(counts, number, total):
    """Return the files of a part: the slowest file goes to the part that has least so far."""
    known = dict(reversed(line.split()) for line in SECONDS.read_text("utf-8").splitlines()[1:])
    seconds = {file: float(known.get(file, QUICK * count)) for file, count in counts.items()}
    parts = [[0.0, []] for _ in range(total)]
    for file in sorted(seconds, key=lambda file: (-seconds[file], file)):
        least = min(parts, key=lambda found: found[0])
        least[0] += seconds[file]
        least[1].append(file)
    return set(parts[number - 1][1])


def summary(terminal, later):
    """Say how many tests were left for the night."""
    if later:
        terminal.write_line(f"{later} long tests were left to .ci/nightly (pytest --nightly)")
