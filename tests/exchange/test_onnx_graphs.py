"""ONNX graphs, computed by the reference evaluator of the package onnx."""

import numpy as np
import pytest

import minigan
from minigan import exchange, models, nn

onnx = pytest.importorskip("onnx")
evaluation = pytest.importorskip("onnx.reference")

rng = np.random.default_rng(0)
relu, square = nn.ReLU(), nn.Linear(3, 3, generator=3)
MODELS = {
    "generator": (models.DCGANGenerator(10, 16, 1, 4, generator=0), (10, 1, 1)),
    "discriminator": (models.DCGANDiscriminator(16, 1, 4, generator=0), (1, 16, 16)),
    "classifier": (
        nn.Sequential(
            nn.Conv2d(2, 4, (3, 2), padding="same", dilation=(1, 2), groups=2, generator=0),
            nn.ELU(0.5),
            nn.MaxPool2d(3, 2, 1, ceil_mode=True),
            nn.GELU(),
            nn.Sequential(nn.AvgPool2d(2, padding=1, count_include_pad=False), nn.SiLU()),
            nn.Dropout(0.5),
            nn.Flatten(),
            nn.Linear(48, 6, generator=1),
            nn.BatchNorm1d(6, affine=False),
            nn.Softmax(1),
        ),
        (2, 9, 11),
    ),
    "decoder": (
        nn.Sequential(
            nn.Linear(3, 24, generator=0),
            nn.LeakyReLU(0.2),
            nn.Unflatten(1, (4, 2, 3)),
            nn.ConvTranspose2d(4, 6, (3, 4), (2, 3), (1, 0), (1, 2), dilation=2, generator=1),
            nn.BatchNorm2d(6),
            nn.GELU("tanh"),
            nn.Identity(),
            nn.Conv2d(6, 1, 3, (2, 1), padding="valid", bias=False, generator=2),
            nn.Softplus(),
        ),
        (3,),
    ),
    "sequences": (
        nn.Sequential(
            nn.Conv1d(2, 3, 4, 2, 1, generator=0),
            nn.BatchNorm1d(3),
            nn.ReLU(),
            nn.AvgPool1d(2),
            nn.ConvTranspose1d(3, 2, 3, generator=1),
            nn.Sigmoid(),
            nn.MaxPool1d(2, dilation=2, stride=1),
            nn.LogSoftmax(1),
        ),
        (2, 13),
    ),
    "volumes": (
        nn.Sequential(nn.Conv3d(1, 2, 2, padding=(1, 0, 1), generator=0), nn.Tanh()),
        (1, 3, 4, 5),
    ),
    "layers that occur twice": (
        nn.Sequential(square, relu, nn.Sequential(square, relu), nn.Linear(3, 2, generator=4)),
        (3,),
    ),
    "in place": (nn.Sequential(nn.ReLU(inplace=True), square, nn.ReLU(inplace=True)), (3,)),
    "spectral norm": (
        nn.Sequential(nn.utils.spectral_norm(nn.Linear(3, 4, generator=0), generator=1)),
        (3,),
    ),
    "settings that are integers": (
        nn.Sequential(nn.ELU(2), nn.LeakyReLU(1), nn.BatchNorm1d(3, eps=1), nn.ELU()),
        (3, 4),
    ),
    "one size as a number": (nn.Sequential(nn.Linear(3, 2, generator=0)), 3),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_graph_computes_what_the_model_does(name: str, tmp_path) -> None:
    model, shape = MODELS[name]
    sizes = (shape,) if isinstance(shape, int) else shape
    model.train()
    model(minigan.tensor(rng.standard_normal((7, *sizes)).astype(np.float32)))
    path = tmp_path / "model.onnx"
    exchange.save_onnx(model, shape, path)
    assert model.training and all(layer.training for layer in model.modules())
    model.eval()
    graph = evaluation.ReferenceEvaluator(str(path))
    for batch in (1, 5):
        x = rng.standard_normal((batch, *sizes)).astype(np.float32)
        (found,) = graph.run(None, {"input": x})
        wanted = model(minigan.tensor(x)).numpy()
        assert found.shape == wanted.shape and found.dtype == np.float32
        np.testing.assert_allclose(found, wanted, atol=1e-5)
    first = path.read_bytes()
    exchange.save_onnx(model, shape, path)
    assert path.read_bytes() == first and not model.training


@pytest.mark.parametrize("X", range(3, 9))
@pytest.mark.parametrize(("kernel", "padding"), [(2, 0), (2, 1), (3, 1)])
def test_ceil_mode_has_the_windows_of_the_layer(X: int, kernel: int, padding: int, tmp_path):
    """The checker of onnx adds a window that starts in the padding; the layer does not."""
    path, x = tmp_path / "model.onnx", rng.standard_normal((2, 1, X, 5)).astype(np.float32)
    for stride in (1, 2, 3):
        layer = nn.MaxPool2d((kernel, 2), (stride, 2), (padding, 0), ceil_mode=True)
        exchange.save_onnx(nn.Sequential(layer), (1, X, 5), path)
        (found,) = evaluation.ReferenceEvaluator(str(path)).run(None, {"input": x})
        np.testing.assert_array_equal(found, layer(minigan.tensor(x)).numpy())


@pytest.mark.parametrize("dtype", ["float64", "float16"])
def test_models_of_other_dtypes_become_graphs_in_float32(dtype: str, tmp_path) -> None:
    path, x = tmp_path / "model.onnx", rng.standard_normal((2, 3)).astype(np.float32)
    model = nn.Sequential(nn.Linear(3, 2, generator=0), nn.BatchNorm1d(2)).to(dtype).eval()
    exchange.save_onnx(model, (3,), path)
    (found,) = evaluation.ReferenceEvaluator(str(path)).run(None, {"input": x})
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, model.float()(minigan.tensor(x)).numpy(), atol=1e-6)


class Twice(nn.Sequential):
    def forward(self, input):
        return 2 * super().forward(input)


class OtherReLU(nn.ReLU):
    def forward(self, input):
        return -super().forward(input)


def replaced() -> nn.Module:
    layer = nn.ReLU()
    layer.forward = lambda input: -input
    return layer


def test_a_grouped_transposed_convolution_keeps_its_settings(tmp_path) -> None:
    """The reference evaluator of onnx 1.23 stops at groups, so the node itself is read."""
    layer = nn.ConvTranspose2d(4, 6, (3, 2), (2, 1), (1, 0), groups=2, generator=0)
    exchange.save_onnx(nn.Sequential(layer), (4, 3, 3), tmp_path / "model.onnx")
    graph = onnx.load(str(tmp_path / "model.onnx")).graph
    settings = {a.name: onnx.helper.get_attribute_value(a) for a in graph.node[0].attribute}
    assert graph.node[0].op_type == "ConvTranspose" and settings["group"] == 2
    assert settings["pads"] == [1, 0, 1, 0] and settings["strides"] == [2, 1]
    weight = onnx.numpy_helper.to_array(graph.initializer[0])
    np.testing.assert_array_equal(weight, layer.weight.numpy())


@pytest.mark.parametrize(
    ("model", "shape", "match"),
    [
        (nn.Sequential(nn.PixelShuffle(2)), (4, 2, 2), "layer 0 is a PixelShuffle, for which"),
        (
            nn.Sequential(nn.ReLU(), nn.Conv2d(1, 1, 3, padding=1, padding_mode="circular")),
            (1, 5, 5),
            "layer 1, Conv2d.*padding_mode",
        ),
        (nn.Sequential(nn.Softplus(2)), (3,), "beta must be 1"),
        (nn.Sequential(nn.Linear(3, 2)), (4, 3), "has 3 axes"),
        (nn.Sequential(nn.Linear(3, 2)), (4,), "does not fit"),
        (nn.Sequential(nn.BatchNorm1d(3, track_running_stats=False)), (3,), "no running mean"),
        (nn.Sequential(nn.AvgPool2d(2, ceil_mode=True)), (1, 5, 5), "ceil_mode"),
        (nn.Sequential(nn.Unflatten(0, (1, 2))), (3,), "size of the batch"),
        (Twice(nn.Linear(3, 2, generator=0)), (3,), "more than its layers"),
        (nn.Sequential(Twice(nn.Linear(3, 2, generator=0))), (3,), "more than its layers"),
        (nn.Sequential(OtherReLU()), (3,), "layer 0 is a OtherReLU"),
        (nn.Sequential(replaced()), (3,), "layer 0 is a ReLU whose forward was replaced"),
        (nn.Sequential(nn.Conv2d(2, 4, 3)), (5, 5), "has 3 axes with the batch"),
        (nn.Sequential(nn.MaxPool2d(2)), (5, 5), "has 3 axes with the batch"),
        (nn.Sequential(nn.ReLU()), (0,), "size 0 in shape"),
        (nn.Sequential(nn.ReLU()), (10**9, 10**9), "no memory for shape"),
    ],
)
def test_what_has_no_operator_is_refused(model, shape, match, tmp_path) -> None:
    path = tmp_path / "model.onnx"
    with pytest.raises(ValueError, match=match):
        exchange.save_onnx(model, shape, path)
    assert not path.exists()


def test_only_sequences_can_be_graphs(tmp_path) -> None:
    with pytest.raises(TypeError, match="model=Linear must be a Sequential"):
        exchange.save_onnx(nn.Linear(2, 3), (2,), tmp_path / "model.onnx")
    for shape in ("ab", (2.5,)):
        with pytest.raises(TypeError, match="save_onnx: size .* must be an integer"):
            exchange.save_onnx(nn.Sequential(), shape, tmp_path / "model.onnx")
