"""ONNX graphs, computed by the reference evaluator of the package onnx."""

import numpy as np
import pytest

import minigan
from minigan import exchange, models, nn

onnx = pytest.importorskip("onnx")
evaluation = pytest.importorskip("onnx.reference")

rng = np.random.default_rng(0)
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
}


@pytest.mark.parametrize("name", MODELS)
def test_the_graph_computes_what_the_model_does(name: str, tmp_path) -> None:
    model, shape = MODELS[name]
    model.train()
    model(minigan.tensor(rng.standard_normal((7, *shape)).astype(np.float32)))
    path = tmp_path / "model.onnx"
    exchange.save_onnx(model, shape, path)
    assert model.training and all(layer.training for layer in model.modules())
    model.eval()
    graph = evaluation.ReferenceEvaluator(str(path))
    for batch in (1, 5):
        x = rng.standard_normal((batch, *shape)).astype(np.float32)
        (found,) = graph.run(None, {"input": x})
        wanted = model(minigan.tensor(x)).numpy()
        assert found.shape == wanted.shape and found.dtype == np.float32
        np.testing.assert_allclose(found, wanted, atol=1e-5)
    first = path.read_bytes()
    exchange.save_onnx(model, shape, path)
    assert path.read_bytes() == first and not model.training


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
