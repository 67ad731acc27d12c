"""The page of the convolution computes what minigan computes, and shows what a reader asks for."""

import numpy as np
from explain.explorer_browser import computed, explored, needs_browser, same

from minigan.conv import definition, holes, im2col, matrix
from minigan.explain.explorers import conv as explorer
from minigan.geometry import Geometry

DATA = {name: np.array(value) for name, value in explorer.data().items()}


def drawn(count, seed):
    """Settings of the page, illegal ones too, as its inputs give them."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        s, d = int(rng.integers(1, 5)), int(rng.integers(1, 4))
        yield {
            "size": int(rng.integers(1, 7)), "kernel": int(rng.integers(1, 7)), "stride": s,
            "padding": int(rng.integers(0, 5)), "dilation": d,
            "output_padding": int(rng.integers(0, max(s, d))), "transposed": bool(rng.integers(2)),
            "picture": str(rng.choice(["constant", "digit"])), "draw": int(rng.integers(9)),
            "weights": str(rng.choice(["random", "equal"])), "step": int(rng.integers(10_000)),
        }  # fmt: skip


def geometry(size, settings):
    """The geometry of settings, or None if there is none."""
    k, s, p, d = (settings[name] for name in ("kernel", "stride", "padding", "dilation"))
    try:
        if settings["transposed"]:
            return Geometry.conv_transpose((size,) * 2, k, s, p, settings["output_padding"], d)
        return Geometry.conv((size,) * 2, k, s, p, d)
    except ValueError:
        return None


def image(settings):
    """The picture of random weights, or None if the padding crops everything."""
    k = settings["kernel"]
    g = geometry(8, settings | {"transposed": True, "output_padding": 0})
    if g is None:
        return None
    y = DATA["image"] if settings["picture"] == "digit" else np.ones((8, 8))
    w = DATA["weights"][settings["draw"]][:k, :k]
    w = np.ones((k, k)) if settings["weights"] == "equal" else w
    x = definition.conv_transpose(y[None, None].astype(float), w[None, None], g)[0, 0]
    return x / (x.max() or 1)


def expected(settings):
    """What the page should compute, by other ways where there are any."""
    size, k, transposed = (settings[name] for name in ("size", "kernel", "transposed"))
    g = geometry(size, settings)
    if g is None:
        return {"axis": {"legal": False}}
    axis, a = g.axes[0], DATA["input"][:size, :size]
    w = DATA["kernel"][:k, :k]
    face = definition.conv_transpose if transposed else definition.conv
    output = face(a[None, None], w[None, None], g)[0, 0]
    n, at = len(output), divmod(settings["step"] % len(output) ** 2, len(output))
    M = matrix.matrix(w[None, None], g)[0]
    row = (M.T if transposed else M)[at[0] * n + at[1]]
    z = holes.with_holes(a[None, None], g)[0, 0] if transposed else None
    flat = np.flatnonzero(row)
    return {
        "axis": {"legal": True, "X": axis.X, "Y": axis.Y, "span": axis.span,
                 "flipped": axis.dense.flipped.padding},
        "input": a, "w": w, "output": output, "at": at, "coverage": axis.coverage,
        "interior": axis.interior_coverage, "uniform": axis.is_uniform, "sameY": axis.same_Y,
        "states": [[(r + axis.dilation * i) % axis.stride == 0 for i in range(k)]
                   for r in range(axis.stride)],
        "holes": z, "flipped": holes.flipped(w[None, None], g)[0, 0], "row": row,
        "dense": None if transposed else im2col.conv(a[None, None], w[None, None], g.dense)[0, 0],
        "products": [
            {"from": divmod(n, size), "value": a.flat[n], "weight": row[n],
             "product": a.flat[n] * row[n]} for n in flat
        ],
        "under": under(a, g, at, transposed), "image": image(settings),
    }  # fmt: skip


def under(a, g, at, transposed):
    """What the taps of one output meet, by convolving arrays of ones and reading one output."""
    ones, w = np.ones((1, 1, *a.shape), int), np.ones((1, 1, *g.taps), int)
    if not transposed:
        value = int(definition.conv(ones, w, g)[(0, 0, *at)])
        return {"value": value, "hole": 0, "padding": w.size - value}
    value = int(definition.conv_transpose(ones, w, g)[(0, 0, *at)])
    solid = np.ones((1, 1, *g.dense.Y), int)
    inside = int(im2col.conv(solid, w, g.dense.flipped)[(0, 0, *at)])
    return {"value": value, "hole": inside - value, "padding": w.size - inside}


@needs_browser
def test_two_hundred_settings_give_the_numbers_of_python(tmp_path):
    settings = list(drawn(200, seed=1))
    for given, found in zip(settings, computed("conv", tmp_path, settings), strict=True):
        wanted = expected(given)
        if wanted["axis"]["legal"]:
            assert len(found["products"]) == len(wanted["products"])
            for ours, theirs in zip(wanted.pop("products"), found["products"], strict=True):
                same(theirs, ours, f"{given}.products")
        same(found, wanted, str(given))
    legal = sum(expected(given)["axis"]["legal"] for given in settings)
    assert 120 < legal < 200


@needs_browser
def test_the_page_of_an_ordinary_convolution(tmp_path):
    fragment = "#transposed=no&kernel=4&size=4&step=3"
    seen = explored("conv", tmp_path, (1280, 720), fragment=fragment)
    assert seen["errors"] == seen["unfilled"] == seen["outside"] == []
    keys = {source["key"] for source in seen["sources"]}
    assert {"minigan/conv/loops.py:steps", "minigan/conv/holes.py:conv"} <= keys


def test_inputs_and_weights_have_no_zero_and_no_symmetry():
    for name in ("input", "kernel", "weights"):
        assert (DATA[name] > 0).all()
    for name, sizes in (("input", range(2, 9)), ("kernel", range(2, 7))):
        for part in (DATA[name][:size, :size] for size in sizes):
            for mirrored in (part.T, part[::-1], part[:, ::-1], part[::-1, ::-1]):
                assert (part != mirrored).any()
