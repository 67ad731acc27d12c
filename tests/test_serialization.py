"""`minigan.save` and `minigan.load`: everything comes back as it was, and nothing is a pickle."""

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
from fake_cupy import installed
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import minigan
from minigan import nn, optim
from minigan.nn import functional as F

arrays = hnp.arrays(
    st.sampled_from([np.float16, np.float32, np.float64, np.int64, np.uint8, np.bool_]),
    hnp.array_shapes(min_dims=0, min_side=0),
)
numbers = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
numpy_numbers = st.builds(np.float32, st.floats(width=32, allow_nan=False)) | st.builds(
    np.int64, st.integers(-9, 9)
)
leaves = numbers | numpy_numbers | st.text(max_size=5) | arrays | arrays.map(minigan.tensor)
simple_keys = st.text(max_size=5) | numbers
keys = simple_keys | st.tuples(simple_keys, simple_keys)
trees = st.recursive(
    leaves,
    lambda t: (
        st.lists(t, max_size=3)
        | st.lists(t, max_size=3).map(tuple)
        | st.dictionaries(keys, t, max_size=3)
    ),
    max_leaves=8,
)


def same(a, b):
    """Whether two trees are equal in every type, dtype, shape and byte."""
    if type(a) is not type(b):
        return False
    if isinstance(a, minigan.Tensor):
        return a.requires_grad == b.requires_grad and same(a.numpy(), b.numpy())
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a), list(b)) and all(map(same, a.values(), b.values()))
    return a == b


def through_memory(tree, **options):
    file = io.BytesIO()
    minigan.save(tree, file)
    file.seek(0)
    return minigan.load(file, **options)


@given(trees)
def test_every_tree_comes_back_as_it_was(tree):
    assert same(tree, through_memory(tree))


def test_what_programs_save_comes_back():
    weight = nn.Parameter([1.0, 2.0])
    tree = {
        "epoch": 3, "loss": float("inf"), "best": -0.0, "big": 2**130, "name": "画像 é \ud800",
        "arch": None, "flags": [True, False], "betas": (0.5, 0.999), "nested": {"a": [({},)]},
        0: minigan.zeros(0, 3), "0": minigan.tensor(5), 1.5: "f", (1, "x"): (), True: "t",
        None: "n",
        "weight": weight, "frozen": nn.Parameter([1.0], requires_grad=False),
        "leaf": minigan.ones(2, requires_grad=True), "T": minigan.arange(6).reshape(2, 3).T,
        "expanded": minigan.ones(1, 2).expand(3, 2), "scalar": np.float32(0.1), "bool": np.True_,
        "F": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "big-endian": np.arange(3, dtype=">f4"),
        "text array": np.array(["a", "bc"]),
    }  # fmt: skip
    back = through_memory(tree)
    assert same(tree, back)
    assert type(back["weight"]) is nn.Parameter and back["weight"].is_leaf
    y = through_memory((weight * 2).sum())  # of a computed tensor the numbers are kept
    assert y.is_leaf and y.requires_grad and y.item() == 6.0
    assert np.isnan(through_memory(float("nan")))
    assert type(through_memory(OrderedDict(b=1, a=2))) is dict  # in the same order
    assert list(through_memory(OrderedDict(b=1, a=2))) == ["b", "a"]
    assert through_memory(minigan.device("cpu")) == "cpu"


@pytest.mark.parametrize(
    "name", ["G.pth", "netG_epoch_0.pt", "model", "a.b.c", "x.npz", "ckpt.pth.tar"]
)
@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_is_kept_exactly_as_given(tmp_path, name, kind):
    path = kind(tmp_path / name)
    minigan.save({"a": minigan.ones(2)}, path)
    minigan.save({"a": minigan.ones(3)}, path)
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert minigan.load(path)["a"].shape == (3,)
    with open(path, "rb") as file:
        assert minigan.load(file)["a"].shape == (3,)


def test_a_file_object_may_only_be_able_to_write(tmp_path):
    class Pipe:
        content = b""

        def write(self, data):
            self.content += data

    pipe = Pipe()
    minigan.save([1, minigan.ones(2)], pipe)
    assert minigan.load(io.BytesIO(pipe.content))[0] == 1
    with open(tmp_path / "f.pt", "wb") as file:
        minigan.save([2], file)
    assert minigan.load(tmp_path / "f.pt") == [2]


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "c.pth"
    minigan.save({"a": 1}, path)
    with pytest.raises(TypeError):
        minigan.save({"a": object()}, path)

    def full(file, **_):
        file.write(b"half")
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr("numpy.savez", full)
        with pytest.raises(OSError, match=r"No space left on device.*c\.pth"):
            minigan.save({"a": 2}, path)
    assert minigan.load(path) == {"a": 1} and len(list(tmp_path.iterdir())) == 1
    with pytest.raises(FileNotFoundError, match=r"missing"):
        minigan.save(1, tmp_path / "missing" / "c.pth")
    with pytest.raises(FileNotFoundError, match=r"nothing\.pth"):
        minigan.load(tmp_path / "nothing.pth")


def net():
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, generator=0), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(),
        nn.spectral_norm(nn.Linear(16, 2, generator=1), generator=2),
    )  # fmt: skip


def update(model, optimizer, scheduler, i):
    x = minigan.randn(6, 1, 4, 4, generator=i)
    loss = F.cross_entropy(model(x), minigan.arange(6) % 2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    return loss.item()


OPTIMIZERS = [
    lambda p: optim.Adam(p, lr=0.01, betas=(0.5, 0.999), amsgrad=True),
    lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    lambda p: optim.RMSprop(p, lr=0.01, centered=True, momentum=0.5),
]


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_a_training_resumes_bit_for_bit(tmp_path, make):
    def begin():
        model = net()
        optimizer = make(model.parameters())
        return model, optimizer, optim.lr_scheduler.StepLR(optimizer, 2, 0.5)

    model, optimizer, scheduler = begin()
    for i in range(3):
        loss = update(model, optimizer, scheduler, i)
    minigan.save(
        {
            "epoch": 3, "loss": loss, "model": model.state_dict(),
            "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(),
        },
        tmp_path / "checkpoint.pth.tar",
    )  # fmt: skip
    expected = [update(model, optimizer, scheduler, i) for i in range(3, 6)]
    checkpoint = minigan.load(tmp_path / "checkpoint.pth.tar", map_location="cpu")
    model, optimizer, scheduler = begin()
    model.load_state_dict(checkpoint["model"])
    optimizer.load_state_dict(checkpoint["optimizer"])
    scheduler.load_state_dict(checkpoint["scheduler"])
    assert checkpoint["epoch"] == 3 and checkpoint["loss"] == loss
    found = [update(model, optimizer, scheduler, i) for i in range(checkpoint["epoch"], 6)]
    assert found == expected


# ------------------------------------------------------------------------------ what is refused


class Thing:
    pass


LOOP: list = []
LOOP.append(LOOP)


@pytest.mark.parametrize(("obj", "error", "message"), [
    (Thing(), TypeError, r"save: obj is a Thing, which cannot be saved \(legal: dicts, lists"),
    ({"a": [1, {"b": Thing()}]}, TypeError, r"save: obj\['a'\]\[1\]\['b'\] is a Thing"),
    (net(), TypeError, r"obj is a Sequential.*save its state_dict\(\) and load it"),
    ([optim.SGD(net().parameters(), lr=1)], TypeError, r"obj\[0\] is a SGD.*state_dict\(\)"),
    (np.random.default_rng(0), TypeError, r"is a Generator.*save its \.bit_generator\.state"),
    (np.array([object()]), TypeError, "is a ndarray, which cannot be saved"),
    (np.ma.masked_array([1, 2], [True, False]), TypeError, "is a MaskedArray"),
    ({1, 2}, TypeError, "is a set"), (b"x", TypeError, "is a bytes"),
    (1j, TypeError, "is a complex"),
    (lambda x: x, TypeError, "is a function"), ({Thing(): 1}, TypeError, "has a key that cannot"),
    ({frozenset(): 1}, TypeError, "has a key that cannot"), (LOOP, ValueError, "contains itself"),
])  # fmt: skip
def test_what_cannot_be_saved_is_named_with_its_place(tmp_path, obj, error, message):
    with pytest.raises(error, match=message):
        minigan.save(obj, tmp_path / "c")
    assert not list(tmp_path.iterdir())


def test_files_must_be_paths_or_binary(tmp_path):
    for wrong in (io.StringIO(), None, 3):
        with pytest.raises(
            TypeError, match=r"save: f=.* must be a path or a file opened with 'wb'"
        ):
            minigan.save(1, wrong)
        with pytest.raises(
            TypeError, match=r"load: f=.* must be a path or a file opened with 'rb'"
        ):
            minigan.load(wrong)
    with pytest.raises(TypeError, match="weights_only='False' must be True or False"):
        through_memory(1, weights_only="False")
    assert through_memory([1], weights_only=False) == [1] == through_memory([1], weights_only=True)


@pytest.mark.parametrize("keep", [0, 10, 200, -1])
def test_a_damaged_file_is_named(tmp_path, keep):
    path = tmp_path / "c.pth"
    minigan.save({"a": np.arange(100), "b": [1, "x"]}, path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ValueError, match=r"load: .*c\.pth is not a checkpoint of minigan"):
        minigan.load(path)


@pytest.mark.parametrize("tree", [
    "{}", '{"$other": 1}', '{"$array": "array-7"}', '{"$tensor": null}', '{"$items": [[1]]}',
    '{"$items": [[[], 1]]}', '{"$items": 5}', "[", "\xff",
    '{"$tensor": "tree.json", "device": "tpu"}',
])  # fmt: skip
def test_a_tree_that_is_not_one_is_refused(tree):
    file = io.BytesIO()
    np.savez(file, **{"tree.json": np.frombuffer(tree.encode("latin-1"), np.uint8)})
    with pytest.raises(ValueError, match="load: f is not a checkpoint of minigan"):
        minigan.load(io.BytesIO(file.getvalue()))


class Evil:
    """An object whose unpickling would run code."""

    def __reduce__(self):
        return (pytest.fail, ("a pickle was loaded",))


def test_pickles_are_refused_and_the_error_says_what_to_write(tmp_path):
    path = tmp_path / "old.pth"
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(
        ValueError, match=r"old\.pth is not .*holds a pickle, as torch\.save writes"
    ):
        minigan.load(path)
    with zipfile.ZipFile(path, "w") as file:  # torch.save since 1.6
        file.writestr("old/data.pkl", pickle.dumps(Evil()))
    with pytest.raises(ValueError, match=r"x\.numpy\(\) for name, x .*with minigan\.save"):
        minigan.load(path)
    np.savez(path.with_suffix(".npz"), **{"tree.json": np.array([Evil()])})
    with pytest.raises(ValueError, match="is not a checkpoint"):
        minigan.load(path.with_suffix(".npz"))


def test_numpy_alone_reads_the_file():
    file = io.BytesIO()
    minigan.save({"w": minigan.tensor([1.0, 2.0])}, file)
    file.seek(0)
    with np.load(file, allow_pickle=False) as entries:
        assert entries["tree.json"].tobytes() == b'{"$items": [["w", {"$tensor": "array-0"}]]}'
        assert entries["array-0"].tolist() == [1.0, 2.0]


def test_checkpoints_of_version_0_1_load():
    for path in sorted((Path(__file__).parent / "runs" / "data").rglob("checkpoint.npz")):
        state = minigan.load(path)
        assert {"training", "frames", "numbers"} <= set(state)
        assert all(isinstance(frame, np.ndarray) for frame in state["frames"])


# ------------------------------------------------------------------------------------- devices


def test_map_location(tmp_path):
    path = tmp_path / "c.pth"
    with installed():
        minigan.save({"x": minigan.ones(2).cuda(), "a": minigan.ones(2).cuda()._data}, path)
        assert minigan.load(path)["x"].device == "cuda:0"
        assert type(minigan.load(path)["a"]).__module__ == "cupy"
        for location in (
            "cpu", minigan.device("cpu"), {"cuda:0": "cpu"}, lambda storage, loc: storage,
        ):  # fmt: skip
            back = minigan.load(path, map_location=location)
            assert back["x"].device == "cpu" and back["x"].tolist() == [1.0, 1.0]
            assert isinstance(back["a"], np.ndarray)
        seen = []
        back = minigan.load(path, lambda x, where: seen.append(where))  # None: where it was
        assert seen == ["cuda:0", "cuda:0"] and back["x"].is_cuda
        minigan.save(minigan.ones(2), path)
        assert minigan.load(path, "cuda").is_cuda and not minigan.load(path).is_cuda
        minigan.save(minigan.ones(2).cuda(), path)
    if not minigan.cuda.is_available():
        with pytest.raises(RuntimeError, match=r"load: .*needs CuPy.*map_location='cpu' loads it"):
            minigan.load(path)
    assert minigan.load(path, map_location="cpu").tolist() == [1.0, 1.0]
    for wrong in ("gpu", 1.5, {"cuda:0": "tpu"}):
        with pytest.raises(ValueError, match="is not a device"):
            minigan.load(path, map_location=wrong)
