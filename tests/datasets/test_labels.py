"""Labels that are not 0..C-1: numbered, named, said once, and never the size of an array."""

import gzip
import json
import struct

import numpy as np
import pytest

from minigan import cli, datasets, metrics, runs, studies

KINDS = [
    ([1, 2, 26], ("1", "2", "26")),
    ([3, 10**12], ("3", "1000000000000")),
    ([-1, 1], ("-1", "1")),
    ([0, 2], ("0", "2")),
    ([2**63 - 1, 0], ("0", str(2**63 - 1))),
    (np.array([2**64 - 1, 5], np.uint64), ("5", str(2**64 - 1))),
    ([False, True], ("False", "True")),
    (["dog", "cat"], ("cat", "dog")),
    ([b"dog", b"c\xc3\xa4t"], ("cät", "dog")),
    ([7], ("7",)),
]


def images(count):
    return np.random.default_rng(0).integers(0, 256, (count, 8, 8), dtype=np.uint8)


@pytest.mark.parametrize(("labels", "classes"), KINDS, ids=lambda value: str(value)[:20])
def test_labels_of_any_kind_are_numbered_and_keep_their_names(labels, classes, tmp_path):
    labels = np.array(labels)[np.arange(30) % len(labels)]
    np.savez(tmp_path / "x.npz", images=images(30), labels=labels)
    data = datasets.load(tmp_path / "x.npz")
    assert data.classes == classes and data.class_count == len(classes)
    assert data.labels.dtype == np.int64 and set(data.labels) == set(range(len(classes)))
    texts = [x.decode() if isinstance(x, bytes) else str(x) for x in labels.tolist()]
    assert [data.classes[number] for number in data.labels] == texts
    assert f"are the classes 0..{len(classes) - 1}" in data.description
    for part in datasets.split(data):
        assert part.classes == classes and part.class_count == len(classes)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64, np.uint64, ">i4"])
def test_labels_from_0_on_stay_as_they_are(dtype):
    labels = (np.arange(30) % 5).astype(dtype)
    data = datasets.from_arrays("x", images(30), labels)
    assert data.classes == () and data.note == "" and data.labels.tolist() == labels.tolist()
    one = data.take([29])  # a part has the numbers of the whole
    assert one.labels.tolist() == [4]


@pytest.mark.parametrize("labels", [np.zeros(3), np.zeros(3, complex), np.zeros(3, "M8[s]")])
def test_labels_without_an_order_of_classes_are_refused(labels):
    with pytest.raises(TypeError, match="legal: integers, bools or texts"):
        datasets.from_arrays("x", images(3), labels)


def test_many_and_long_names_are_shortened_where_they_are_said():
    data = datasets.from_arrays("x", images(40), np.arange(1, 41))
    assert data.note == "labels 1, 2, 3, ..., 38, 39, 40 are the classes 0..39"
    long = datasets.from_arrays("x", images(2), np.array(["a" * 300, "b"]))
    assert len(long.note) < 100 and long.classes[0] == "a" * 300


def letters(folder):
    """Write IDX files of pictures of the letters 1..26, as those of EMNIST."""
    pixels, labels = images(130).repeat(4, axis=1).repeat(4, axis=2), np.arange(130) % 26 + 1
    header = struct.pack(">4B3I", 0, 0, 8, 3, 130, 32, 32)
    path = folder / "letters-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(header + pixels.tobytes()))
    header = struct.pack(">4BI", 0, 0, 8, 1, 130)
    (folder / "letters-labels-idx1-ubyte").write_bytes(header + labels.astype(np.uint8).tobytes())
    return path


def test_a_run_on_letters_knows_them_by_their_labels(tmp_path, capsys):
    data, run, out = letters(tmp_path), tmp_path / "r", tmp_path / "x.npz"
    small = ["--features", "2", "--latent", "3", "--batch", "4", "--steps", "1", "--out", str(run)]
    assert cli.main(["train", "gan", "--data", str(data), "--conditional", *small]) == 0
    said = capsys.readouterr().out
    assert said.count("labels 1, 2, 3, ..., 24, 25, 26 are the classes 0..25") == 1
    kept = json.loads((run / "metrics.json").read_text())["classes"]
    assert kept == [str(number) for number in range(1, 27)]
    task = runs.load(run)[1]
    assert task.classes == 26
    for label, number in (("1", 0), ("26", 25)):
        assert cli.main(["sample", str(run), "-n", "3", "--out", str(out), "--label", label]) == 0
        wanted = task.latents(3, 0, np.full(3, number))
        assert (wanted.numpy()[:, 3:].argmax(axis=1) == number).all()
        with np.load(out) as file:
            np.testing.assert_array_equal(file["images"], runs.sample(task, 3, 0, int(label)))
    for label in ("0", "27", "a"):
        assert cli.main(["sample", str(run), "--out", str(out), "--label", label]) == 2
        assert (
            f"--label {label}: this run has no such class (legal: 1, 2," in capsys.readouterr().err
        )


def test_a_class_of_a_folder_has_its_name_and_its_number(tmp_path):
    names = ("cat", "dog")
    labels = np.arange(40) % 2
    data = datasets.Dataset("pets", images(40)[:, None], labels, classes=names)
    task = runs.GANTask(runs.configure("gan", {"features": 2, "latent": 3, "batch": 4}))
    task.data, task.classes = data, 2
    assert [runs.gan.class_of(task, label) for label in ("cat", "dog", "0", 1)] == [0, 1, 0, 1]
    with pytest.raises(runs.RunError, match=r"no such class \(legal: cat, dog\)"):
        runs.gan.class_of(task, "cow")


def test_a_number_in_a_label_is_never_the_size_of_an_array(tmp_path, monkeypatch):
    monkeypatch.setattr(studies.evaluation, "EPOCHS", 1)
    labels = np.array([3, 10**12])[np.arange(60) % 2]
    np.savez(tmp_path / "x.npz", images=images(60), labels=labels)
    small = {"data": str(tmp_path / "x.npz"), "features": 2, "latent": 3, "batch": 4, "steps": 1}
    task = runs.GANTask(runs.configure("gan", {**small, "conditional": True}))
    assert task.classes == 2 and len(list(studies.evaluate(task, 100))) > 5
    judge = metrics.train_judge(task.data, epochs=1)
    assert judge[-1].out_features == 2


def test_too_many_classes_are_refused_or_compared_by_pixels(tmp_path):
    np.savez(tmp_path / "x.npz", images=images(1001), labels=np.arange(1001) * 3)
    small = {"data": str(tmp_path / "x.npz"), "features": 2, "latent": 3, "batch": 4, "steps": 1}
    with pytest.raises(runs.RunError, match=r"have 1,001 classes \(legal: at most 1,000\)"):
        runs.GANTask(runs.configure("gan", {**small, "conditional": True}))
    with pytest.raises(runs.RunError, match=r"there are 1,001 classes \(legal: at most 1,000\)"):
        studies.study_layers({"data": small["data"]}, tmp_path / "d")
    found = [f.name for f in studies.evaluate(runs.GANTask(runs.configure("gan", small)), 100)]
    assert "mmd2" in found and "accuracy" not in found
