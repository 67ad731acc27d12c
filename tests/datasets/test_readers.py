"""Files written by hand are read exactly; damaged files are named in the error."""

import gzip
import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from minigan.datasets import digits8, load, read_idx, read_npz

TYPES = {0x08: "B", 0x09: "b", 0x0B: "h", 0x0C: "i", 0x0D: "f", 0x0E: "d"}  # struct's letters


def idx_bytes(array, code):
    header = bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + struct.pack(f">{array.size}{TYPES[code]}", *array.ravel().tolist())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


@pytest.mark.parametrize("code", TYPES)
@given(data=st.data(), zipped=st.booleans())
def test_idx_round_trip(folder, code, data, zipped):
    shape = data.draw(hnp.array_shapes(max_dims=4, max_side=4, min_side=0))
    array = data.draw(
        hnp.arrays(
            np.dtype(TYPES[code]), shape, elements={"allow_nan": False} if code > 0x0C else None
        )
    )
    raw = idx_bytes(array, code)
    path = folder / f"round-{code}"
    path.write_bytes(gzip.compress(raw) if zipped else raw)
    back = read_idx(path)
    assert back.shape == array.shape and back.dtype == array.dtype and back.dtype.isnative
    assert np.array_equal(back, array) and back.flags.writeable


WHOLE = idx_bytes(np.arange(24).reshape(2, 3, 4), 0x0C)


@pytest.mark.parametrize(
    "raw, match",
    [
        (b"", "begins with ''.*expected 00 00"),
        (WHOLE[:3], "is not an IDX file"),
        (b"\0\1" + WHOLE[2:], "begins with '00 01 0c 03'"),
        (b"\0\0\x0a" + WHOLE[3:], "a type of 08 09 0b 0c 0d 0e"),
        (b"\0\0\x0c\0", "1 to 32 axes"),
        (b"\0\0\x0c\xff" + WHOLE, "1 to 32 axes"),
        (WHOLE[:10], "truncated: 10 bytes .expected a header of 16"),
        (WHOLE[:-1], "truncated: 111 bytes .expected 112"),
        (WHOLE + b"\0", "trailing bytes: 113 bytes .expected 112"),
        (gzip.compress(WHOLE)[:-9], "whole gzip"),
        (gzip.compress(WHOLE) + b"junk", "whole gzip"),
        (gzip.compress(WHOLE[:-1]), "truncated"),
        (b"\x1f\x8bnonsense", "whole gzip"),
        (b"\0\0\x08\4" + b"\xff" * 16, "truncated"),
    ],
)
def test_damaged_idx_files_are_named(tmp_path, raw, match):
    path = tmp_path / "damaged-images"
    path.write_bytes(raw)
    with pytest.raises(ValueError, match=match) as caught:
        read_idx(path)
    assert str(path) in str(caught.value)
    with pytest.raises(ValueError, match=match):
        load(path)


def test_idx_labels_are_found_beside_the_images(tmp_path):
    images, labels = np.arange(60).reshape(3, 4, 5), np.array([2, 0, 1])
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(idx_bytes(images, 0x08))
    assert load(tmp_path / "t10k-images-idx3-ubyte").labels is None
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx_bytes(labels, 0x08)))
    data = load(str(tmp_path / "t10k-images-idx3-ubyte"), size=8)
    assert np.array_equal(data.images[:, 0, 2:6, 1:6], images) and data.labels.tolist() == [2, 0, 1]
    assert (
        "labels from t10k-labels-idx1-ubyte.gz" in data.description
        and "padded from 4x5 to 8x8" in data.description
    )
    (tmp_path / "mine").write_bytes(idx_bytes(labels[::-1], 0x0C))
    assert load(tmp_path / "t10k-images-idx3-ubyte", labels=tmp_path / "mine").labels.tolist() == [
        1,
        0,
        2,
    ]
    with pytest.raises(ValueError, match=r"cannot read .*missing"):
        load(tmp_path / "t10k-images-idx3-ubyte", labels=tmp_path / "missing")
    with pytest.raises(ValueError, match="labels of shape"):
        load(tmp_path / "t10k-images-idx3-ubyte", labels=tmp_path / "t10k-images-idx3-ubyte")


@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32, np.float64, ">f4"])
@pytest.mark.parametrize("shape", [(3, 4, 5), (3, 1, 4, 5), (3, 3, 4, 5)])
def test_npz_round_trip(tmp_path, dtype, shape):
    rng = np.random.default_rng(0)
    images = (
        rng.integers(0, 256, shape, np.uint8)
        if dtype == np.uint8
        else (2 * rng.random(shape) - 1).astype(dtype)
    )
    np.savez_compressed(tmp_path / "a.npz", images=images, labels=np.array([2, 0, 1], np.uint8))
    data = load(tmp_path / "a.npz")
    assert np.array_equal(data.images, images.reshape(3, -1, 4, 5)) and data.images.dtype.isnative
    assert data.labels.tolist() == [2, 0, 1] and data.labels.dtype == np.int64
    assert data.scaled().shape == (3, *data.shape) and np.abs(data.scaled()).max() <= 1
    np.savez(tmp_path / "b.npz", images=images)
    assert load(tmp_path / "b.npz").labels is None


def test_damaged_npz_files_are_named(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, images=digits8().images)
    whole = path.read_bytes()
    objects = io.BytesIO()
    np.savez(objects, images=np.array([None, {}], dtype=object))
    other = io.BytesIO()
    np.savez(other, x=np.zeros(3))
    plain = io.BytesIO()
    np.save(plain, np.zeros((3, 4, 5)))
    cases = [
        (whole[:-30], "not an .npz file"),
        (whole[:5000] + b"\0" * 50 + whole[5050:], "damaged"),
        (objects.getvalue(), "plain arrays.*[Oo]bject arrays"),
        (other.getvalue(), r"keys \['x'\] .expected 'images'"),
        (plain.getvalue(), "not an .npz file"),
        (b"", "not an .npz file"),
    ]
    for raw, match in cases:
        path.write_bytes(raw)
        for read in (read_npz, load):
            with pytest.raises(ValueError, match=match) as caught:
                read(path)
            assert "x.npz" in str(caught.value)


@given(st.sampled_from(["npz", "gz", "idx"]), st.integers(0), st.integers(1, 255), st.booleans())
def test_a_flipped_byte_never_gives_another_error(folder, kind, where, flip, cut):
    images = np.arange(60, dtype=np.uint8).reshape(3, 4, 5)
    file = io.BytesIO()
    np.savez(file, images=images, labels=np.arange(3))
    raw = {
        "npz": file.getvalue(),
        "idx": idx_bytes(images, 0x08),
        "gz": gzip.compress(idx_bytes(images, 0x08)),
    }[kind]
    where %= len(raw)
    spoilt = raw[:where] + bytes([raw[where] ^ flip]) + (b"" if cut else raw[where + 1 :])
    path = folder / f"spoilt.{'npz' if kind == 'npz' else 'idx'}"
    path.write_bytes(spoilt)
    try:
        data = load(path)
    except (ValueError, TypeError) as error:
        assert "spoilt" in str(error)
    else:
        assert len(data.scaled()) == len(data)


def test_missing_files_raise_os_errors(tmp_path):
    for read in (read_idx, read_npz):
        with pytest.raises(FileNotFoundError):
            read(tmp_path / "missing")
