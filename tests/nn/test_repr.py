"""A layer prints as in PyTorch, with shapes and numbers of parameters behind a #."""

import re

import pytest
from layer_suite import LAYERS

import minigan
from minigan import nn

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

MORE = [
    lambda nn: nn.ReLU(inplace=True),
    lambda nn: nn.LeakyReLU(0.2, inplace=True),
    lambda nn: nn.ELU(inplace=True),
    lambda nn: nn.Threshold(1, 2, True),
    lambda nn: nn.Hardtanh(0, 6),
    lambda nn: nn.GELU("tanh"),
    lambda nn: nn.Dropout(0.3, inplace=True),
    lambda nn: nn.Embedding(3, 4, padding_idx=1),
    lambda nn: nn.Bilinear(2, 3, 4),
    lambda nn: nn.PReLU(3),
    lambda nn: nn.MaxUnpool2d((2, 3), padding=1),
    lambda nn: nn.Upsample(scale_factor=(2, 3), mode="bilinear", align_corners=True),
    lambda nn: nn.Unflatten(1, (2, 3)),
    lambda nn: nn.MSELoss(),
    lambda nn: nn.BCEWithLogitsLoss(),
    lambda nn: nn.CrossEntropyLoss(),
    lambda nn: nn.TripletMarginLoss(),
    lambda nn: nn.CosineSimilarity(),
    lambda nn: nn.Sequential(),
    lambda nn: nn.Sequential(nn.Linear(1, 2), nn.Sequential(nn.Tanh(), nn.ReLU())),
    lambda nn: nn.ModuleList([nn.Linear(1, 2), nn.Linear(1, 2), nn.ReLU(), nn.Linear(1, 2)]),
    lambda nn: nn.ModuleDict({"a": nn.Linear(1, 2), "b": nn.Conv1d(1, 2, 3)}),
]
CALLS = [lambda nn, name=n, settings=s: getattr(nn, name)(**settings) for n, s, _ in LAYERS] + MORE


@pytest.mark.parametrize("call", CALLS)
def test_as_pytorch(call):
    theirs, ours = call(torch.nn), call(nn)
    without_counts = re.sub(r"  #.*", "", repr(ours))
    if hasattr(theirs, "bias") and not isinstance(theirs, torch.nn.Linear | torch.nn.Bilinear):
        without_counts, shown = (  # PyTorch shows bias in its newer versions
            re.sub(r", bias=(True|False)(?=, track|$|\))", "", text)
            for text in (without_counts, repr(theirs))
        )
        assert without_counts == shown
    else:
        assert without_counts == repr(theirs)
    total = sum(p.numel() for p in ours.parameters())
    assert ("#" in repr(ours)) == (total > 0)


def test_counts_and_settings():
    assert repr(nn.Linear(3, 2)) == (
        "Linear(in_features=3, out_features=2, bias=True)  # weight (2, 3), bias (2,): 8 parameters"
    )
    assert repr(nn.MSELoss(reduction="sum")) == "MSELoss(reduction='sum')"
    assert repr(nn.CrossEntropyLoss(weight=minigan.ones(2), label_smoothing=0.1)) == (
        "CrossEntropyLoss(label_smoothing=0.1)"
    )
    assert repr(nn.Conv2d(1, 1, 1, by="matrix", padding="same")) == (
        "Conv2d(1, 1, kernel_size=(1, 1), stride=(1, 1), padding=same, by=matrix)"
        "  # weight (1, 1, 1, 1), bias (1,): 2 parameters"
    )
    scales = nn.ParameterList([minigan.ones(2, 3)])
    assert repr(scales).startswith("ParameterList((0): (2, 3) float32)")
