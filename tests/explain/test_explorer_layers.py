"""The explorer of the layers: its numbers are Python's, and its recording can be made anew."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from browser import needs_browser
from explain.explorer_browser import computed, same

from minigan.autoencoder import pca_error
from minigan.datasets import digits8, split
from minigan.explain.explorers import layers, layers_recording
from minigan.explain.explorers.layers_recording import ENCODERS


@cache
def study():
    return layers_recording.load()


def expected(encoder, image, layer, row, column):
    """The numbers of the page, from the recording in Python."""
    original = study().images[image].astype(float)
    label = int(study().labels[image])
    mean = study().means[label].astype(float)
    remembered, name, ratio, shape = original, "image", 0, (8, 8)
    outputs = original
    found = study().encoders[encoder]
    if layer:
        kept = found[min(layer, len(found)) - 1]
        remembered, outputs = kept.images.values()[image], kept.outputs.values()[image]
        name, ratio, shape = kept.name, kept.ratio, kept.shape
    difference = remembered - original
    numbers = {
        "name": name,
        "shape": list(shape),
        "count": int(np.prod(shape)),
        "all": ratio,
        "label": label,
        "error": (difference**2).mean(),
        "ratio": (difference**2).mean() / study().mean_error,
        "largest": abs(difference).max(),
        "toMean": ((remembered - mean) ** 2).mean() / study().mean_error,
        "pixel": {
            "original": original[row, column],
            "remembered": remembered[row, column],
            "difference": difference[row, column],
            "mean": mean[row, column],
        },
        "low": outputs.min(),
        "high": outputs.max(),
        "zeros": int((outputs == 0).sum()),
    }
    return numbers | ({"answer": int(outputs.argmax())} if shape == (10,) else {})


@needs_browser
def test_the_page_computes_what_python_computes(tmp_path):
    rng = np.random.default_rng(0)
    settings = [
        {
            "encoder": str(rng.choice(ENCODERS)),
            "image": int(rng.integers(30)),
            "layer": int(rng.integers(6)),
            "row": int(rng.integers(8)),
            "column": int(rng.integers(8)),
        }
        for _ in range(200)
    ]
    for found, given in zip(computed("layers", tmp_path, settings), settings, strict=True):
        same(found, expected(**given), str(given), relative=1e-11)


@pytest.mark.parametrize("name", ["layers", "training"])
def test_an_input_and_an_element_of_the_page_have_different_ids(name):
    files = Path(layers.__file__).parent
    inputs = re.findall(r'control\([^;]*?\bid: "(\w+)"', (files / f"{name}.js").read_text("utf-8"))
    elements = re.findall(r'\bid="([\w-]+)"', (files / f"{name}.html").read_text("utf-8"))
    assert inputs and elements and not set(inputs) & set(elements)


def test_the_images_are_held_out_and_the_baseline_is_that_of_their_mean():
    train, test = split(digits8())
    rows = layers_recording.chosen(test)
    assert study().labels.tolist() == [digit for digit in range(10) for _ in range(3)]
    np.testing.assert_array_equal(study().images, test.scaled(0, 1)[rows, 0])
    error = pca_error(train.scaled(0, 1), test.scaled(0, 1), 0)
    np.testing.assert_allclose(study().mean_error, error, rtol=1e-6)
    assert study().held_out == len(test) == 360


def test_the_layers_are_as_the_page_says():
    ratios = {name: [layer.ratio for layer in kept] for name, kept in study().encoders.items()}
    assert np.all(np.diff(ratios["classifier"]) > 0)  # the first layer remembers most
    assert ratios["classifier"][-1] > 0.55 and ratios["classifier"][0] < 0.15
    assert all(ratio < 1e-12 for ratio in ratios["orthonormal"])
    fewer = np.array(ratios["untrained"]) < ratios["classifier"]
    assert fewer.sum() > len(fewer) / 2  # most layers remember more before the training
    softmax = study().encoders["classifier"][-1]
    images, means = softmax.images.values(), study().means[study().labels]
    assert ((images - means) ** 2).mean() / study().mean_error < 0.05
    probabilities = softmax.outputs.values()
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-4)
    assert (probabilities.argmax(1) == study().labels).mean() > 0.9


def test_a_recording_is_packed_and_unpacked_and_small():
    """The whole file is made by a command, in half a minute; here the decoders hardly learn."""
    small = layers_recording.recorded(steps=1)
    arrays = layers_recording.packed(small)
    again = layers_recording.packed(layers_recording.unpacked(arrays))
    assert arrays.keys() == again.keys()
    for name, values in arrays.items():
        np.testing.assert_array_equal(values, again[name])
    for encoder in ENCODERS:
        for new, old in zip(small.encoders[encoder], study().encoders[encoder], strict=True):
            assert (new.name, new.shape) == (old.name, old.shape)
            if encoder != "classifier":  # these encoders are not trained
                difference = np.abs(new.outputs.values() - old.outputs.values()).max()
                assert difference < 1e-3 * (old.outputs.high - old.outputs.low)
    assert layers_recording.PATH.stat().st_size < 200_000
    assert len(layers.data()["images"]) == 30
