"""Weights in safetensors files: there and back, refused if they do not fit, through PyTorch too."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

import minigan
from minigan import exchange, models, nn

pytest.importorskip("safetensors")

README = Path(__file__).parents[2] / "README.md"


def game(seed: int = 0) -> dict[str, nn.Module]:
    players = {
        "generator": models.DCGANGenerator(10, 16, 1, 4, generator=seed),
        "discriminator": models.DCGANDiscriminator(16, 1, 4, generator=seed),
    }
    players["generator"](minigan.randn(4, 10, generator=seed))  # moves the running mean
    return players


def test_there_and_back_bit_for_bit(tmp_path) -> None:
    path, first, second = tmp_path / "w.safetensors", game(0), game(1)
    count = exchange.save_weights(first, path)
    exchange.load_weights(second, path)
    entries = exchange.read_weights(path)
    assert count == len(entries) and "generator.0.weight" in entries
    assert entries["generator.1.num_batches_tracked"].item() == 1
    for name, model in first.items():
        for key, x in model.state_dict().items():
            y = second[name].state_dict()[key]
            assert x.dtype == y.dtype and x.numpy().tobytes() == y.numpy().tobytes()
            assert entries[f"{name}.{key}"].numpy().tobytes() == x.numpy().tobytes()


def test_the_same_weights_give_the_same_bytes(tmp_path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    exchange.save_weights(game(), a)
    exchange.save_weights(dict(reversed(game().items())), b)
    assert a.read_bytes() == b.read_bytes()


def test_the_file_is_as_the_format_says(tmp_path) -> None:
    """Read without the library: 8 bytes of length, a header in JSON, then the numbers."""
    path, layer = tmp_path / "w.safetensors", nn.Linear(3, 2, generator=0)
    layer.weight.data = layer.weight.data.T.contiguous().T  # not contiguous in memory
    exchange.save_weights({"decoder": layer}, path)
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    for name, x in (("decoder.weight", layer.weight), ("decoder.bias", layer.bias)):
        entry = header[name]
        start, end = entry["data_offsets"]
        numbers = np.frombuffer(content[8 + length + start : 8 + length + end], "<f4")
        assert entry["dtype"] == "F32" and tuple(entry["shape"]) == x.shape
        np.testing.assert_array_equal(numbers.reshape(x.shape), x.numpy())


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda e: e.pop("generator.0.weight"), "generator.0.weight of shape .* is missing"),
        (lambda e: e.update({"generator.9.weight": np.zeros(2)}), "no generator.9.weight"),
        (lambda e: e.update({"generator.0.weight": np.zeros((2, 2), "f")}), r"needs float32 of"),
        (
            lambda e: e.update({"generator.0.weight": e["generator.0.weight"].astype("d")}),
            "is float64 of shape",
        ),
        (lambda e: e["generator.0.weight"].fill(np.nan), "not finite"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_changes(change, match, tmp_path) -> None:
    from safetensors.numpy import load_file, save_file

    path, players = tmp_path / "w.safetensors", game(1)
    exchange.save_weights(game(0), path)
    entries = load_file(path)
    change(entries)
    save_file(entries, path)
    before = [
        x.numpy().tobytes() for model in players.values() for x in model.state_dict().values()
    ]
    with pytest.raises(ValueError, match=match):
        exchange.load_weights(players, path)
    after = [x.numpy().tobytes() for model in players.values() for x in model.state_dict().values()]
    assert before == after


def test_damaged_files_are_refused(tmp_path) -> None:
    path, rng = tmp_path / "w.safetensors", np.random.default_rng(0)
    exchange.save_weights({"a": nn.Linear(3, 2, generator=0)}, path)
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    refused = 0
    for number in range(2000):
        damaged = bytearray(content)
        kind = number % 4
        if kind == 0:
            damaged = damaged[: rng.integers(len(content))]
        elif kind == 1:
            damaged[rng.integers(8 + length)] ^= 1 << rng.integers(8)
        elif kind == 2:
            place = rng.integers(len(content))
            damaged[place:place] = rng.bytes(rng.integers(1, 9))
        else:
            damaged[:8] = struct.pack("<Q", int(rng.integers(2**62)))
        path.write_bytes(bytes(damaged))
        try:
            exchange.load_weights({"a": nn.Linear(3, 2)}, path)
        except ValueError as error:
            assert str(error).startswith(str(path))
            refused += 1
    assert refused > 1600


def test_wrong_models_and_places(tmp_path) -> None:
    with pytest.raises(TypeError, match=r"save_weights: models\['a'\]=3 must be a Module"):
        exchange.save_weights({"a": 3}, tmp_path / "w")
    for models_by_name in (nn.Linear(2, 3), [nn.Linear(2, 3)]):
        with pytest.raises(TypeError, match=r"save_weights: models=\w+ must be a dict of Modules"):
            exchange.save_weights(models_by_name, tmp_path / "w")
        with pytest.raises(TypeError, match=r"load_weights: models=\w+ must be a dict of Modules"):
            exchange.load_weights(models_by_name, tmp_path / "w")
    with pytest.raises(TypeError, match="the name 1 of a model must be a str"):
        exchange.save_weights({1: nn.Linear(2, 3)}, tmp_path / "w")
    with pytest.raises(FileNotFoundError):
        exchange.read_weights(tmp_path / "none")
    (tmp_path / "text").write_text("no weights")
    with pytest.raises(ValueError, match="not a safetensors file"):
        exchange.read_weights(tmp_path / "text")


def test_names_with_dots(tmp_path) -> None:
    path, first, second = (
        tmp_path / "w",
        *(
            {"a": nn.Sequential(nn.Linear(2, 3, generator=i)), "a.b": nn.Linear(3, 2, generator=i)}
            for i in (0, 1)
        ),
    )
    exchange.save_weights(first, path)
    exchange.load_weights(second, path)
    for name, model in first.items():
        for x, y in zip(model.parameters(), second[name].parameters(), strict=True):
            np.testing.assert_array_equal(x.numpy(), y.numpy())
    with pytest.raises(ValueError, match=r"two models have an entry a\.0\.weight"):
        exchange.save_weights({"a": first["a"], "a.0": nn.Linear(2, 3)}, path)


DTYPES = {"F64": "f8", "F32": "f4", "F16": "f2", "I64": "i8", "I32": "i4", "I16": "i2", "I8": "i1",
          "U64": "u8", "U32": "u4", "U16": "u2", "U8": "u1", "BOOL": "?"}  # fmt: skip


def written(dtype: str, shape: tuple[int, ...], numbers: bytes) -> bytes:
    """Return a file with the metadata of PyTorch's tools, made without the library."""
    entry = {"dtype": dtype, "shape": shape, "data_offsets": [0, len(numbers)]}
    header = json.dumps({"__metadata__": {"format": "pt"}, "x": entry}).encode()
    return struct.pack("<Q", len(header)) + header + numbers


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3)])
def test_entries_of_all_dtypes_and_shapes_are_read(dtype, shape, tmp_path) -> None:
    numbers = np.arange(np.prod(shape)).reshape(shape).astype(DTYPES[dtype])
    (tmp_path / "w").write_bytes(written(dtype, shape, numbers.tobytes()))
    x = exchange.read_weights(tmp_path / "w")["x"]
    assert x.dtype == numbers.dtype and x.shape == shape
    np.testing.assert_array_equal(x.numpy(), numbers)
    x.zero_()  # it can be written to


@pytest.mark.parametrize(("dtype", "size"), [("BF16", 2), ("F8_E4M3", 1), ("C64", 8)])
def test_dtypes_that_tensors_do_not_have_are_refused_by_name(dtype, size, tmp_path) -> None:
    (tmp_path / "w").write_bytes(written(dtype, (3,), bytes(3 * size)))
    with pytest.raises(ValueError, match=rf"w: x has dtype {dtype} \(legal: F64, "):
        exchange.read_weights(tmp_path / "w")


@pytest.mark.parametrize("numbers", [b"\0\1\2", b"\xff\0\1", b"\1\x80\1"])
def test_a_bool_is_a_byte_0_or_1(numbers, tmp_path) -> None:
    """NumPy would keep another byte: such an array is not equal to itself written again."""
    (tmp_path / "w").write_bytes(written("BOOL", (3,), numbers))
    with pytest.raises(ValueError, match=rf"x has dtype BOOL and a byte {max(numbers)} \(legal: 0"):
        exchange.read_weights(tmp_path / "w")


def test_outputs_are_equal_in_pytorch(tmp_path) -> None:
    torch = pytest.importorskip("torch")
    load_file = pytest.importorskip("safetensors.torch").load_file
    path, G = tmp_path / "w.safetensors", models.DCGANGenerator(10, 16, 1, 4, generator=0)
    G(minigan.randn(4, 10, generator=0))
    exchange.save_weights({"generator": G}, path)
    layers = torch.nn
    twin = layers.Sequential(
        layers.ConvTranspose2d(10, 8, 4, bias=False),
        layers.BatchNorm2d(8),
        layers.ReLU(),
        layers.ConvTranspose2d(8, 4, 4, 2, 1, bias=False),
        layers.BatchNorm2d(4),
        layers.ReLU(),
        layers.ConvTranspose2d(4, 1, 4, 2, 1, bias=False),
        layers.Tanh(),
    )
    state = {name.removeprefix("generator."): x for name, x in load_file(path).items()}
    twin.load_state_dict(state)
    h = np.random.default_rng(1).standard_normal((5, 10, 1, 1)).astype(np.float32)
    ours = G.eval()(minigan.tensor(h)).numpy()
    theirs = twin.eval()(torch.from_numpy(h)).detach().numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    with torch.no_grad():  # and back, after a change there
        for parameter in twin.parameters():
            parameter.mul_(1.5)
    from safetensors.torch import save_file

    save_file({f"generator.{name}": x for name, x in twin.state_dict().items()}, path)
    exchange.load_weights({"generator": G}, path)
    theirs = twin(torch.from_numpy(h)).detach().numpy()
    np.testing.assert_allclose(G(minigan.tensor(h)).numpy(), theirs, atol=1e-6)


def test_the_lines_of_the_readme(tmp_path, monkeypatch) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("safetensors.torch")
    text = README.read_text(encoding="utf-8").partition("<!-- exchange -->")[2]
    lines = text.partition("```python")[2].partition("```")[0]
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(lines, names)
    h = np.random.default_rng(0).standard_normal((2, 8, 4, 4)).astype(np.float32)
    theirs = names["there"](torch.from_numpy(h)).detach().numpy()
    np.testing.assert_allclose(names["here"](minigan.tensor(h)).numpy(), theirs, atol=1e-6)
    assert len([line for line in lines.splitlines() if line.strip()]) <= 10


def twin(model, layers):
    """Return the layers of a model as PyTorch's, with their settings, in a Sequential."""
    made = []
    for layer in model:
        kind = type(layer).__name__
        if isinstance(layer, nn.Sequential):
            made.append(twin(layer, layers))
        elif kind.startswith("Conv"):
            names = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "groups")
            settings = {name: getattr(layer, name) for name in names}
            if "Transpose" in kind:
                settings["output_padding"] = layer.output_padding
            made.append(getattr(layers, kind)(**settings, bias=layer.bias is not None))
        elif kind == "Linear":
            made.append(layers.Linear(layer.in_features, layer.out_features))
        elif kind.startswith("BatchNorm"):
            made.append(getattr(layers, kind)(layer.num_features))
        else:
            settings = {name: getattr(layer, name) for name in getattr(layer, "settings", ())}
            made.append(getattr(layers, kind)(**settings))
    return layers.Sequential(*made)


def test_autoencoder_classifier_and_discriminator_are_equal_in_pytorch(tmp_path) -> None:
    torch = pytest.importorskip("torch")
    load_file = pytest.importorskip("safetensors.torch").load_file
    path, rng = tmp_path / "w.safetensors", np.random.default_rng(0)
    model = models.ConvAutoencoder(5, features=4, hidden=(8,), generator=0)
    for name, part, shape in (
        ("encoder", model.encoder, (1, 28, 28)),
        ("decoder", model.decoder, (5,)),
        ("classifier", models.Classifier(8, norm=True, hidden=(12,), generator=0), (1, 8, 8)),
        ("discriminator", models.DCGANDiscriminator(16, 1, 4, generator=0), (1, 16, 16)),
    ):
        x = rng.standard_normal((6, *shape)).astype(np.float32)
        part(minigan.tensor(x))  # moves the running means
        exchange.save_weights({name: part}, path)
        theirs = twin(part, torch.nn).eval()
        state = load_file(path)
        theirs.load_state_dict({key.removeprefix(f"{name}."): y for key, y in state.items()})
        wanted = theirs(torch.from_numpy(x)).detach().numpy()
        np.testing.assert_allclose(part.eval()(minigan.tensor(x)).numpy(), wanted, atol=1e-6)
