"""Archives of arrays: what is read equals numpy.load, and every damage is a DamagedError."""

import io
import struct
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from minigan.archives import MOST_BYTES, Archive, DamagedError

dtypes = st.sampled_from(["<f4", ">f8", "<i8", "|u1", "|b1", "<U3", "|S2", "<c16", "<M8[s]", "<f2"])
arrays = dtypes.flatmap(
    lambda kind: hnp.arrays(kind, hnp.array_shapes(min_dims=0, min_side=0, max_side=4))
)


def written(save=np.savez, **entries):
    file = io.BytesIO()
    save(file, **entries)
    return file


def entry(header, data=b"", size=None, **settings):
    """An archive with one entry `a` of this header and data."""
    text = header.encode("latin-1")
    length = struct.pack("<H", len(text)) if size is None else size
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **settings) as archive:
        archive.writestr("a.npy", b"\x93NUMPY\1\0" + length + text + data)
    return file


def header(descr="'<f4'", shape="(2,)", order="False"):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"


@given(st.lists(arrays, max_size=3), st.sampled_from([np.savez, np.savez_compressed]))
def test_what_is_read_equals_what_numpy_reads(found, save):
    file = written(save, **{f"a{n}": array for n, array in enumerate(found)})
    archive = Archive(file)
    assert archive.names == tuple(f"a{n}" for n in range(len(found)))
    for n, array in enumerate(found):
        read = archive.read(f"a{n}")
        assert archive.header(f"a{n}").shape == array.shape and read.dtype == array.dtype
        assert read.shape == array.shape and read.tobytes() == array.tobytes()
        assert read.flags.writeable


def test_fortran_order_fields_and_other_writers():
    x = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    fields = np.array([(1, 2.0)], [("a", "<i4"), ("b", "<f8")])
    archive = Archive(written(x=x, fields=fields))
    np.testing.assert_array_equal(archive.read("x"), x)
    assert archive.read("x").flags.f_contiguous and archive.read("fields")["b"] == 2.0
    data = np.float32([1, 2]).tobytes()
    for text in (header(), header(shape="(2L,)"), "{'shape':(2,),'descr':'<f4','fortran_order':0}"):
        assert Archive(entry(text, data)).read("a").tolist() == [1, 2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (header(shape="(3,)"), r"a has 8 bytes, and float32 \(3,\) needs 12"),
        (header(shape="(1099511627776, 1099511627776)"), "needs 4,835,703"),
        (header(shape="(-2,)"), "shape of a is not legal"),
        (header(shape="2"), "shape of a is not legal"),
        (header(shape="(2.0,)"), "shape of a is not legal"),
        (header(shape="(" + "1," * 40 + ")"), "shape of a is not legal"),
        (header(shape="(" + "9" * 5000 + ",)"), "digits"),
        (header("'|O'"), "object arrays are not read"),
        (header("'a9'"), "dtype of a is not legal"),
        (header("'<f4,<f4'"), "dtype of a is not legal"),
        (header("'<f3'"), "not understood|not legal"),
        (header("7"), "."),
        (header("[('a', '|O')]"), "object arrays are not read"),
        ("(" * 5000, "."),
        ("[" * 9000 + "]" * 900, "."),
        ("{'descr': '\\d'", "."),
        ("{}", "header of a is not legal"),
        ("3", "header of a is not legal"),
        ("", "header of a is not legal"),
    ],
)
def test_headers_that_are_not_legal(text, words):
    with pytest.raises(DamagedError, match=words):
        Archive(entry(text, bytes(8))).read("a")


def test_a_header_without_an_end_and_an_entry_without_an_array():
    with pytest.raises(DamagedError, match="header of 65,535 bytes"):
        Archive(entry("", size=b"\xff\xff")).read("a")
    with pytest.raises(DamagedError, match="it has no b"):
        Archive(entry(header())).read("b")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.npy", b"not an array")
    with pytest.raises(DamagedError, match="a is not an array"):
        Archive(file).header("a")


@pytest.mark.parametrize("field", ["flags", "method", "offset", "size"])
def test_a_bit_in_the_directory(field):
    raw = bytearray(written(a=np.arange(9.0)).getvalue())
    directory = raw.index(b"PK\1\2")
    at = directory + {"flags": 8, "method": 10, "offset": 42, "size": 24}[field]
    raw[at] ^= 1
    with pytest.raises(DamagedError):
        Archive(io.BytesIO(bytes(raw))).read("a")


@pytest.mark.parametrize("bit", range(0, 8 * 100, 7))
def test_any_bit_of_a_directory(bit):
    raw = bytearray(written(a=np.arange(9.0), b=np.zeros(3)).getvalue())
    raw[len(raw) - 1 - bit // 8] ^= 1 << bit % 8
    try:
        archive = Archive(io.BytesIO(bytes(raw)))
        assert archive.read("a").tolist() == list(range(9))
    except DamagedError:
        pass


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(method):
    with pytest.raises(DamagedError, match="compressed in another way"):
        Archive(entry(header(), bytes(8), compression=method)).read("a")


def test_a_bomb_is_refused_before_it_is_inflated():
    zeros = np.zeros(10 * MOST_BYTES, np.uint8)
    bomb = written(np.savez_compressed, a=zeros)
    with pytest.raises(DamagedError, match="would inflate beyond what it can hold, at a"):
        Archive(bomb).read("a")
    many = written(np.savez_compressed, **{f"a{n}": zeros[: 9 * 10**6] for n in range(3)})
    archive = Archive(many)
    archive.read("a0")
    with pytest.raises(DamagedError, match="at a[12]"):
        [archive.read(name) for name in ("a1", "a2")]
    with pytest.raises(DamagedError, match="at b"):
        Archive(written(b=np.zeros(9)), most=71).read("b")
    assert Archive(written(b=np.zeros(9)), most=72).read("b").shape == (9,)


def test_a_failing_disk_is_no_damage():
    class Failing(io.BytesIO):
        failing = False

        def read(self, *sizes):
            if self.failing:
                raise OSError(5, "Input/output error")
            return super().read(*sizes)

    file = Failing(written(a=np.zeros(3)).getvalue())
    archive = Archive(file)
    file.failing = True
    with pytest.raises(OSError, match="Input/output error"):
        archive.read("a")
