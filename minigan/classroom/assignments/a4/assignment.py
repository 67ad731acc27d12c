"""The parts of A4 and their points."""

from __future__ import annotations

from minigan.classroom.assignments.a4 import graders, inputs, models, solution
from minigan.classroom.model import Assignment, Function, Part

_MIRROR = Function(
    "mirror_settings", 16, solution.mirror_settings, inputs.mirrors, inputs.small_mirrors,
    models.mirror, models.MIRROR,
)  # fmt: skip
_GRADIENTS = Function(
    "loss_and_gradients", 18, solution.loss_and_gradients, inputs.gradients,
    inputs.small_gradients, models.gradients, models.GRADIENTS,
)  # fmt: skip

# wrong functions for the selftest
_UNCENTRED = """
def linear_autoencoder(X, k, generator):
    V = np.linalg.svd(X, full_matrices=False)[2][:k]
    return (lambda X: X @ V.T), (lambda h: h @ V)
"""
_TRAINS = """
def layer_errors(encoder, images, generator, right=layer_errors):
    optimizer = optim.SGD(encoder.parameters(), lr=0.01)
    encoder(minigan.tensor(images[:8])).sum().backward()
    optimizer.step()
    return right(encoder, images, generator)
"""

ASSIGNMENT = Assignment(
    id="A4",
    parts=(
        Part("4.1", 16, (_MIRROR,), difficulty=1, minutes=20),
        Part("4.2", 18, (_GRADIENTS,), difficulty=2, minutes=40),
        Part("4.3", 16, special=graders.linear, difficulty=2, minutes=30),
        Part("4.4", 20, special=graders.trained, difficulty=2, minutes=45, library=True,
             visible=False, trains=True),
        Part("4.5", 15, special=graders.layers, difficulty=3, minutes=40, library=True,
             trains=True),
        Part("4.5m", 15, difficulty=2, minutes=30, manual=True),
    ),
    imports="import numpy as np\n\nimport minigan\nfrom minigan import nn, optim\n"
    "from minigan.nn import functional as F",
    chapters=("t06", "t07", "t08"),
    seconds=240.0,
    special={"uncentred-pca": ("4.3", _UNCENTRED), "trains-the-encoder-too": ("4.5", _TRAINS)},
    steps={
        "no-output-padding": "t04#choose",
        "layers-not-reversed": "t07#model",
        "channels-not-reversed": "t03#channels",
        "sum-for-mean": "t07#loss",
        "decoder-gradient-missing": "t03#gradient",
        "uncentred-pca": "t07#pca",
        "trains-the-encoder-too": "t08#train",
    },
)  # fmt: skip
