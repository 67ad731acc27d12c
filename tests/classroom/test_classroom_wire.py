"""What a submission may answer: each value is sent as plain data, or only its type is."""

from __future__ import annotations

import enum
from collections import namedtuple
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from minigan.classroom.sandbox.wire import LAYOUTS, Laid, Other, decode, encode, message

Pair = namedtuple("Pair", "a b")
Number = enum.IntEnum("Number", "ONE TWO")


class Listed(list[Any]):
    """A list of a class of its own."""


class Raising:
    """An object that cannot be looked at."""

    @property
    def __class__(self) -> Any:
        raise RuntimeError


PLAIN = [  # a value, and what arrives
    (np.str_("text"), "text"), (np.longdouble(1.5), np.float64(1.5)), (Number.TWO, 2),
    (Pair(1, [2]), (1, [2])), (Listed([1, (2,)]), [1, (2,)]), (Fraction(1, 2), np.float64(0.5)),
    (range(3), [0, 1, 2]), (np.float32("inf"), np.float32("inf")),
    (np.complex64(1j), np.complex64(1j)),
]  # fmt: skip


@pytest.mark.parametrize(("value", "arrives"), PLAIN, ids=repr)
def test_numbers_and_lists_of_other_classes_count_as_what_they_are(
    value: object, arrives: object
) -> None:
    found = decode(encode(value))
    assert found == arrives and type(found) is type(arrives)


OTHERS = [
    (Decimal(1), "Decimal"), (np.datetime64("2026-01-01"), "datetime64"), (Raising(), "Raising"),
    ([0] * 200_001, "a list of 200001 entries"), (np.zeros(1 << 20), "an array of 8 MB"),
    (np.array([object()]), "an array of 0 MB and dtype object"), (print, "builtin_function"),
    ("x" * 20_001, "a text that is too long"), (1 << 4000, "an integer of too many digits"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "type_"), OTHERS, ids=[name for _, name in OTHERS])
def test_of_other_objects_and_of_large_ones_only_the_type_is_sent(
    value: object, type_: str
) -> None:
    found = decode(encode(value))
    assert isinstance(found, Other) and found.type.startswith(type_)


def test_a_deep_value_ends_where_it_is_too_deep() -> None:
    value: list[Any] = []
    for _ in range(30):
        value = [value]
    found, depth = decode(encode(value)), 0
    while isinstance(found, list):
        (found,), depth = found, depth + 1
    assert 10 < depth < 20 and found == Other("a value with too many parts")


def test_an_array_of_long_doubles_arrives_in_float64() -> None:
    found = decode(encode(np.array([1.5, -2.0], np.longdouble)))
    assert found.dtype == np.float64 and found.tolist() == [1.5, -2.0]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_array_arrives_in_the_order_of_memory_that_is_asked_for(layout: str) -> None:
    array = np.arange(6.0).reshape(2, 3)
    found = decode(encode(Laid(array, layout)))
    assert (found == array).all() and found.flags.writeable
    assert found.strides == {
        "C": (24, 8), "F": (8, 16), "strided": (2 * 7 * 8, 16), "reversed": (-24, -8)
    }[layout]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"[" * 100_000, "RecursionError"), (b'"\xff"', "UnicodeDecodeError"),
        (b"[1]", "not a JSON object"), (b"nothing", "Expecting value"),
    ],
)  # fmt: skip
def test_a_line_without_a_message_is_refused(line: bytes, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        message(line)
    assert message(b'{"a": [1]}') == {"a": [1]}
