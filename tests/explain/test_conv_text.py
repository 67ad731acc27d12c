"""Every number in the text of `explain conv`: sums are computed again, counts are made by loops."""

import re
import time
from itertools import pairwise, product
from math import gcd

import pytest
from explain.conv_settings import axes, settings
from hypothesis import given
from test_house import graph

from minigan.conv import FORMULATIONS, blocked, costs
from minigan.explain import explain_conv
from minigan.explain.convolution import geometry_of
from minigan.explain.coverage_text import coverage_at
from minigan.explain.wording import count


def sides(drawn, axis):
    """Return the sizes of x and y by trying: how many windows fit, and where the last one ends."""
    X, k, s, p, d, op = list(axes(drawn))[axis]
    if drawn["transposed"]:
        return max(s * o + d * i for o in range(X) for i in range(k)) + 1 - 2 * p + op, X
    return X, sum(1 for start in range(0, X + 2 * p, s) if start + d * (k - 1) < X + 2 * p)


def links(drawn, axis):
    """Return all (o, i, h) that the relation joins, by trying."""
    _, k, s, p, d, _ = list(axes(drawn))[axis]
    x, y = sides(drawn, axis)
    return [
        (o, i, s * o + d * i - p)
        for o, i in product(range(y), range(k))
        if 0 <= s * o + d * i - p < x
    ]


def flat(text):
    return " ".join(text.split())


def section(text, start):
    """Return the lines of each section whose heading begins with these words."""
    return [part.splitlines()[1:] for part in text.split("\n\n") if part.startswith(start)]


@given(settings())
def test_every_equation_holds(drawn):
    """Every `a = b` with only numbers on both sides is true."""
    held = 0
    text = re.sub(r"\n\n|\n +\d\. ", "; ", explain_conv(**drawn)).replace("floor(", "int(")
    for clause in re.split(r"[,;:] |\.(?: |$)", flat(text)):
        for left, right in pairwise(clause.split(" = ")):
            left, right = (
                re.sub(r"^.*[a-z']\s+(?=[\d(])", "", left),
                re.sub(r"\s+[a-z].*$", "", right),
            )
            both = re.compile(r"[int\d\s+*/()-]*\d\)?")
            if all(
                both.fullmatch(side) and side.count("(") == side.count(")")
                for side in (left, right)
            ):
                assert eval(left) == eval(right), clause
                held += 1
    assert held >= 4


@given(settings())
def test_sizes_and_both_paddings(drawn):
    text = explain_conv(**drawn)
    (x0, y0), (x1, y1) = sides(drawn, 0), sides(drawn, 1)
    k0, k1 = drawn["kernel"]
    arrow = (
        f"input y of {y0}x{y1} -> output x of {x0}x{x1}"
        if drawn["transposed"]
        else f"input x of {x0}x{x1} -> output y of {y0}x{y1}"
    )
    assert f"{arrow}, kernel w of {k0}x{k1}" in text.splitlines()[0]
    assert max(map(len, text.splitlines())) <= 100
    printed = section(text, "Padding")
    assert len(printed) in (1, 2)
    for axis, lines in zip((0, 1), printed * (3 - len(printed)), strict=True):
        _, k, _, p, d, _ = list(axes(drawn))[axis]
        assert lines[0] == f"    p  = {p}"
        assert lines[1].endswith(f" = {d * (k - 1) - p}") and lines[1].startswith("    p' = ")


@given(settings())
def test_sizes_that_share_one_output(drawn):
    """The text names exactly the sizes into which the same windows fit."""
    shared = section(explain_conv(**drawn), "Sizes of x that give the same y")
    for axis, lines in zip((0, 1), shared * (3 - len(shared)), strict=True):
        _, k, s, p, d, _ = list(axes(drawn))[axis]
        _, y = sides(drawn, axis)
        all_ = [
            n
            for n in range(1, 60)
            if n + 2 * p > d * (k - 1) and (n + 2 * p - d * (k - 1) - 1) // s + 1 == y
        ]
        said = flat(" ".join(lines))
        if not all_:
            assert said.startswith(f"No x of at least 1 gives y = {y}")
        elif len(all_) == 1:
            assert said.startswith(f"Only x = {all_[0]} gives y = {y} ")
        else:
            assert said.startswith(
                f"x = {', '.join(map(str, all_[:-1]))} and {all_[-1]} all give y = {y},"
            )
            start = s * (y - 1) + d * (k - 1) + 1 - 2 * p
            assert f"chooses: {', '.join(f'{n - start} gives {n}' for n in all_)}." in said


@given(settings())
def test_counts_of_products_and_the_coverage_map(drawn):
    text = explain_conv(**drawn)
    rows, columns = links(drawn, 0), links(drawn, 1)
    useful = len(rows) * len(columns)
    work = flat(" ".join(section(text, "Multiplications")[0]))
    assert f"{useful} of them are useful" in work
    (x0, _), (x1, _) = sides(drawn, 0), sides(drawn, 1)
    counts = [[0] * x1 for _ in range(x0)]
    for (_, _, h), (_, _, v) in product(rows, columns):
        counts[h][v] += 1
    if max(x0, x1) <= 24:
        assert [[int(n) for n in line.split()] for line in section(text, "Coverage")[0]] == counts
    if drawn["transposed"]:
        assert f"{useful} useful, {inserted(drawn, x0, x1) - useful} meet an inserted zero" in work


def inserted(drawn, x0, x1):
    """Return how many taps of all windows meet y with its inserted zeros, by trying."""
    total = 1
    for (Y, k, s, p, d, _), x in zip(axes(drawn), (x0, x1), strict=True):
        before = d * (k - 1) - p
        total *= sum(0 <= h + d * i - before <= s * (Y - 1) for h in range(x) for i in range(k))
    return total


@given(settings())
def test_the_verdict_is_that_of_counting_far_from_the_borders(drawn):
    text = flat(explain_conv(**drawn))
    even = True
    for _, k, s, _, d, _ in axes(drawn):
        middle = 1000 * s  # of an endless x
        counts = [sum((middle + r - d * i) % s == 0 for i in range(k)) for r in range(s)]
        assert f": {', '.join(map(str, counts))} product" in text
        even &= len(set(counts)) == 1
        assert (len(set(counts)) == 1) == (k % s == 0 and gcd(s, d) == 1)
    assert ("No checkerboard" in text) == even and ("A checkerboard" in text) != even


@given(settings())
def test_coverage_at_one_position(drawn):
    geometry = geometry_of(**({"output_padding": 0} | drawn))
    for axis in geometry.axes:
        assert tuple(coverage_at(axis, h) for h in range(axis.X)) == axis.coverage


@given(settings(True))
def test_the_convolution_of_stride_one_has_the_size_of_x(drawn):
    parts = section(explain_conv(**drawn), "The same as a convolution of stride 1")
    for axis, lines in zip((0, 1), parts * (3 - len(parts)), strict=True):
        Y, k, s, p, d, op = list(axes(drawn))[axis]
        assert lines[0].endswith(f" = {s * (Y - 1) + 1}")
        assert lines[1].endswith(f"after: {s * (Y - 1) + 1 + 2 * (d * (k - 1) - p) + op}")
        assert lines[3].endswith(f" = {sides(drawn, axis)[0]} = x")


@given(settings())
def test_the_table_of_costs(drawn):
    """Counts made by loops appear in the rows of the formulations that make them."""
    lines = section(explain_conv(**drawn), "Cost of the seven formulations")[0]
    table = {line.split()[0]: line.split()[1:] for line in lines[2:9]}
    assert list(table) == list(FORMULATIONS)
    k0, k1 = drawn["kernel"]
    (x0, y0), (x1, y1) = sides(drawn, 0), sides(drawn, 1)
    useful = len(links(drawn, 0)) * len(links(drawn, 1))
    made = {"loops": useful, "im2col": k0 * k1 * y0 * y1, "matrix": x0 * x1 * y0 * y1}
    for name, number in made.items():
        assert table[name][0] == f"{number:,}"
        assert table[name][2] == count(64 * 32 * 32 * number)
    face = "conv_transpose" if drawn["transposed"] else "conv"
    geometry = geometry_of(**({"output_padding": 0} | drawn))
    for name, row in table.items():
        for case, (products, size) in (((1, 1, 1), row[:2]), ((64, 32, 32), row[2:])):
            assert products == count(costs.multiplications(name, face, geometry, *case))
            assert size == count(costs.memory(name, face, geometry, *case, itemsize=4))
    said = "blocked uses Winograd's form here" in flat(" ".join(lines))
    assert said == (blocked.winograd_form(face, geometry, 64, 32, 32) is not None)


def test_winograd_is_named_where_it_is_used():
    for transposed in (False, True):
        text = flat(explain_conv(8, 4, 2, 1, transposed=transposed))
        assert "Winograd's form here for 64 images: it makes 56 % of im2col's multip" in text
        assert "Winograd" not in explain_conv(8, 3, 2, 1, transposed=transposed)


def test_the_largest_settings_are_explained_within_seconds():
    start = time.monotonic()
    assert "1.07e+09" in explain_conv(2, 64, 3780, transposed=True)
    assert "im2col" in explain_conv(2, 64, 63, dilation=61, transposed=True)
    assert "im2col" in explain_conv(4096, 3, 1, 1)
    assert time.monotonic() - start < 30


def test_worked_examples():
    """Well known facts appear in the text."""
    text = flat(explain_conv(16, 5, 3, 2))
    assert (
        "x = 16, 17 and 18 all give y = 6" in text and "0 gives 16, 1 gives 17, 2 gives 18" in text
    )
    text = flat(explain_conv(5, 3, 2, 1, transposed=True))
    assert "1 - 1/(2*2) = 75.0 %" in text and "sums of 4 or 2 or 1 products" in text
    text = flat(explain_conv(4, 4, 2, 1, transposed=True))
    assert (
        "some of the first 1 and the last 1 of 8 positions" in text
        and "every position of x is the sum of 4" in text
    )
    assert "p' = d*(k - 1) - p = 1*(1 - 1) - 1 = -1" in flat(
        explain_conv(4, 1, 1, 1, transposed=True)
    )
    assert "A checkerboard" in explain_conv(5, 2, 2, dilation=2, transposed=True)
    text = flat(explain_conv(3, 2, 2, 0, 2, 3, transposed=True))
    assert "op = 2 is not below s = 2" in text and "takes it to y = 4, not 3" in text
    assert "... the upper left 12x12 of 128x128" in explain_conv(64, 4, 2, 1, transposed=True)
    assert "does not read the last 2 of the padded x" in flat(explain_conv((16, 18), 5, 3, 2))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"size": 0}, "input size"),
        ({"kernel": 9}, "larger than the padded input"),
        ({"stride": 0}, "stride=0 must be at least 1"),
        ({"padding": -1}, "padding=-1"),
        ({"output_padding": 1}, "belongs to a transposed"),
        ({"output_padding": 2, "stride": 2, "transposed": True}, "must be smaller than stride=2"),
        ({"size": (1, 2, 3)}, "has 3 entries"),
        ({"size": 10**9}, "at most 4096"),
        ({"size": 4000, "stride": 4000, "transposed": True}, "at most 4096"),
        ({"out": "film.mp4"}, "must end with .gif, .html or .png"),
    ],
)
def test_wrong_settings_say_what_is_legal(wrong, words):
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        explain_conv(**wrong)
    assert str(caught.value).startswith("explain conv: ")


@pytest.mark.parametrize(
    "wrong", [{"size": "5x5"}, {"stride": 1.5}, {"kernel": True}, {"dilation": None}]
)
def test_settings_of_a_wrong_type(wrong):
    with pytest.raises(TypeError, match=r"^explain conv: "):
        explain_conv(**wrong)


@given(settings())
def test_borders_and_steps_are_those_that_are_counted(drawn):
    text = flat(explain_conv(**drawn))
    both = list(axes(drawn))
    names = ("position", "position") if both[0] == both[1] else ("row", "column")
    for axis, name in enumerate(names):
        _, k, s, p, d, op = both[axis]
        x, y = sides(drawn, axis)
        reached = [h for _, _, h in links(drawn, axis)]
        law = [sum((h + p - d * i) % s == 0 for i in range(k)) for h in range(x)]
        short = [h for h in range(x) if reached.count(h) < law[h]]
        first = max((h + 1 for h in short if h < x / 2), default=0)
        last = max((x - h for h in short if h >= x / 2), default=0)
        ends = " and the ".join(f"{end} {n}" for end, n in (("first", first), ("last", last)) if n)
        said = f"Near the borders, some of the {ends} of {x} {name}s have fewer products."
        assert (said in text) == (0 < len(short) < x)
        assert (f"All {x} {name}s are near a border" in text) == (len(short) == x)
        if not drawn["transposed"]:
            assert f"In steps of {s} these are {y - 1} steps, and y has one value more" in text
        elif op >= s:
            assert (
                f"so x = {x} is not one of them: a convolution takes it to y = {y + op // s}, not "
                f"{y}." in text
            )


@given(settings())
def test_the_rule_of_thumb_is_named_and_corrected_by_the_law(drawn):
    text = flat(explain_conv(**drawn))
    assert (
        "The rule of thumb is to take an even kernel. It holds for s = 2 without dilation" in text
    )
    for _, k, s, _, d, _ in axes(drawn):
        rule, law = (
            "even" if k % 2 == 0 else "not even",
            "divides" if k % s == 0 else "does not divide",
        )
        assert f"k = {k} is {rule}, s = {s} {law} it" in text
        assert f"greatest common factor {gcd(s, d)}" in text


@given(settings(True))
def test_stride_one_has_no_zeros_put_in(drawn):
    text = flat(explain_conv(**drawn))
    if max(drawn["stride"]) == 1:
        assert "put no zeros (s - 1 = 0) between" in text and "At stride 1, " in text
        assert "With zeros put in" not in text
    else:
        assert "With zeros put in, " in text


def test_explaining_a_convolution_needs_no_training():
    """No file that it imports, directly or through others, belongs to a room that trains."""
    edges, seen = graph(), set()
    todo = ["minigan.explain.convolution"]
    while todo:
        name = todo.pop()
        seen.add(name)
        todo += edges[name] - seen
    assert "minigan.conv.loops" in seen and "minigan.viz.canvas" in seen
    rooms = {name.split(".")[1] for name in seen}
    assert not rooms & {"runs", "studies", "gan", "autoencoder", "optim", "nn"}
