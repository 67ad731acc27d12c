"""Which images the pictures of an auto-encoder show, and in which place.

`grid` is replaced by a function that keeps its arguments.
"""

import numpy as np
import pytest

from minigan import runs, studies
from minigan.viz import autoencoder as drawn
from minigan.viz import draw_latent, draw_layers, draw_pairs, draw_training, draw_walk


@pytest.fixture
def page(monkeypatch):
    page = {}

    def grid(images, path, title, columns, rows=(), note=None):
        page.update(images=(images + 1) / 2, title=title, columns=columns, rows=rows, note=note)

    monkeypatch.setattr(drawn, "grid", grid)
    return page


@pytest.fixture(scope="module")
def task():
    config = runs.configure(
        "autoencoder", {"data": "digits8", "latent": 2, "features": 2, "batch": 4, "steps": 8}
    )
    task = runs.AutoencoderTask(config)
    for _ in range(8):
        task.picture()
        task.step()
    return task


def test_each_row_of_images_is_above_that_of_its_reconstructions(page):
    images = np.arange(11.0).reshape(11, 1, 1, 1) / 10
    draw_pairs(images, 1 - images, "x.png", "title", "note", columns=4)
    numbers = (10 * page["images"].ravel()).round().astype(int).tolist()
    assert numbers == [0, 1, 2, 3, 10, 9, 8, 7, 4, 5, 6, 7, 6, 5, 4, 3, 8, 9, 10, 2, 1, 0]


def test_the_training_is_shown_on_the_same_images(page, task):
    draw_training(task, "x.png")
    rows = page["images"].reshape(-1, page["columns"], 1, 8, 8)  # (moments + 1, columns, C, H, W)
    np.testing.assert_allclose(rows[0], task.test[:10], atol=1e-6)
    np.testing.assert_allclose(rows[-1], task.frames[-1][:10], atol=1e-6)
    assert (
        page["rows"][0] == "images"
        and page["rows"][-1] == "update 7"
        and len(rows) == len(page["rows"])
    )


def test_walks_are_compared_with_pixels(page, task):
    draw_walk(task, "x.png", pairs=2, steps=5)
    rows = page["images"].reshape(
        4, 5, 1, 8, 8
    )  # (in h and in pixels of each pair, steps, C, H, W)
    (a, b), _ = task.ends(2, 0)
    np.testing.assert_allclose(rows[0], task.walk(a, b, 5), atol=1e-6)
    np.testing.assert_allclose(rows[1][[0, 2, 4]], [a, (a + b) / 2, b], atol=1e-6)


def test_layers_are_labelled_with_their_sizes_and_errors(page):
    study = studies.LayerStudy(
        runs.DecodersConfig(data="digits8", encoder="untrained", steps=1, repeats=1)
    )
    for _ in study.run():
        pass
    draw_layers(study, "x.png")
    assert (
        page["images"].shape == (60, 1, 8, 8) and page["columns"] == 10 and len(page["rows"]) == 6
    )
    assert page["rows"][1].startswith("conv 1 (16x4x4): ") and page["rows"][-1].startswith(
        "softmax (10): "
    )
    np.testing.assert_allclose(page["images"][:10], study.images[:10], atol=1e-6)


def test_the_plane_of_h(task, tmp_path):
    draw_latent(task, tmp_path / "x.png")
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    deep = runs.AutoencoderTask(
        runs.configure("autoencoder", {"data": "digits8", "latent": 3, "batch": 4})
    )
    with pytest.raises(ValueError, match="latent=3"):
        draw_latent(deep, tmp_path / "y.png")
