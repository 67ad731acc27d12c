"""Damages of files: bytes, zip directories, JSON trees and arrays, each chosen by a generator."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

Rng = np.random.Generator
_HEADERS = (
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 4L), }",
    "{'descr': '<f4', 'shape': (3,), }",
    "{'descr': '<U99999999', 'fortran_order': False, 'shape': (9,), }",
    "{'descr': 'not a type', 'fortran_order': 'maybe', 'shape': 3, }",
    "{'descr': [('a', '<f4')], 'fortran_order': True, 'shape': (2,), }",
    "(" * 900,
    "{" * 9000,
    "'\\d' 3if",
    "\0" * 50,
)


def bytes_of(content: bytes, rng: Rng) -> bytes:
    """Return content with one to three bits, bytes or pieces changed, moved, added or cut off."""
    damaged = bytearray(content)
    for _ in range(int(rng.integers(1, 4))):
        at = int(rng.integers(len(damaged) + 1))
        length = int(rng.integers(1, 200))
        match int(rng.integers(7)):
            case 0 | 1 if at < len(damaged):
                damaged[at] ^= 1 << int(rng.integers(8))
            case 2:
                damaged[at : at + 1] = rng.bytes(1)
            case 3:
                damaged[at : at + length] = bytes(length)
            case 4:
                del damaged[at : at + length]
            case 5:
                damaged[at:at] = rng.bytes(length)
            case _:
                del damaged[at:]
    return bytes(damaged)


def tail_of(content: bytes, rng: Rng) -> bytes:
    """Return content with a bit changed at its end, where a zip archive has its directory."""
    start = max(content.rfind(b"PK\5\6") - 60 * content.count(b"PK\1\2"), 0)
    at = int(rng.integers(start, len(content))) if start < len(content) else 0
    damaged = bytearray(content)
    damaged[at] ^= 1 << int(rng.integers(8))
    return bytes(damaged)


# ------------------------------------------------------------------------------ JSON


def value(old: Any, rng: Rng) -> Any:
    """Return a value in the place of another one."""
    deep: Any = 0
    for _ in range(int(rng.choice([3, 900, 5000]))):
        deep = [deep]
    choices: list[Any] = [
        *(None, True, False, 0, 1, -1, 2.5, -0.0, 1e308, 10**30, 10**400, -(2**63), 2**40),
        *(
            float("nan"),
            float("inf"),
            "",
            "text",
            "$x_1$",
            "\x1b[2J",
            "9" * 5000,
            "1e400",
            "cuda:7",
        ),
        *([], {}, [None], {"a": 1}, [[0] * 9], {"$array": "array-0"}, deep),
    ]
    if isinstance(old, int | float) and not isinstance(old, bool):
        choices += [old + 1, -old, old * 10, old * 10**9, float(old), str(old)] * 2
    if isinstance(old, list) and old:
        choices += [old[:-1], [*old, old[-1]], old[::-1], old * 2] * 3
    if isinstance(old, str):
        choices += [old + "x", old[:-1], old.upper(), old * 50] * 3
    return choices[int(rng.integers(len(choices)))]


def tree(whole: Any, rng: Rng) -> Any:
    """Return a copy of JSON data in which one value, key or entry is another one."""
    copy = json.loads(json.dumps(whole))
    places: list[tuple[Any, Any]] = []

    def visit(node: Any) -> None:
        keys = range(min(len(node), 40)) if isinstance(node, list) else list(node)
        for key in keys:
            places.append((node, key))
            if isinstance(node[key], dict | list):
                visit(node[key])

    if not isinstance(copy, dict | list) or not copy:
        return value(copy, rng)
    visit(copy)
    node, key = places[int(rng.integers(len(places)))]
    match int(rng.integers(6)):
        case 0:
            del node[key]
        case 1 if isinstance(node, dict):
            node["unknown" if rng.integers(2) else "\x1b[31m$k$"] = value(None, rng)
        case _:
            node[key] = value(node[key], rng)
    return copy


def json_bytes(whole: Any, rng: Rng) -> bytes:
    """Return JSON data with a wrong value in it, as a file holds them."""
    damaged = tree(whole, rng)
    try:
        return json.dumps(damaged).encode("utf-8", "surrogatepass")
    except (RecursionError, ValueError):
        return b"[" * 100_000


# ------------------------------------------------------------------------------ archives


def archive(content: bytes, rng: Rng) -> bytes:
    """Return an .npz archive whose entries are changed, with right checksums."""
    entries = entries_of(content)
    name = list(entries)[int(rng.integers(len(entries)))]
    deflated = bool(rng.integers(2))
    match int(rng.integers(6)):
        case 0:
            del entries[name]
        case 1:
            header = _HEADERS[int(rng.integers(len(_HEADERS)))].encode()
            raw = entries[name]
            size = len(header).to_bytes(2, "little")
            entries[name] = raw[:8] + size + header + raw[-int(rng.integers(1, 99)) :]
        case 2:
            other = list(entries)[int(rng.integers(len(entries)))]
            entries[name] = entries[other]
        case 3 if "tree.json.npy" in entries:
            marks = json.loads(array_in(entries["tree.json.npy"]).tobytes())
            text = json_bytes(marks, rng)
            entries["tree.json.npy"] = npy(np.frombuffer(text, np.uint8))
        case 4 if rng.integers(20) == 0:
            entries[name] = npy(np.zeros(int(rng.integers(10**6, 4 * 10**8)), np.uint8))
            deflated = True
        case _:
            entries[name] = npy(numbers(array_in(entries[name]), rng))
    return zipped(entries, deflated)


def numbers(array: np.ndarray[Any, Any], rng: Rng) -> np.ndarray[Any, Any]:
    """Return an array with another value, shape or dtype."""
    array = np.array(array)
    kinds = ["<f8", "<f2", "<i4", "|b1", "<c8", "<U3", "|S2", ">f4", "<M8[s]", "|u1"]
    match int(rng.integers(6)):
        case 0 | 1 if array.size and array.dtype.kind == "f":
            wrong = [np.nan, np.inf, -np.inf, -1.0, 1e38]
            array.reshape(-1)[int(rng.integers(array.size))] = wrong[int(rng.integers(5))]
        case 2:
            return array.reshape(-1)
        case 3:
            return np.concatenate([array.reshape(-1)] * 2)[: int(rng.integers(2 * array.size + 1))]
        case 4:
            return np.array(array[..., None])
        case _:
            with np.errstate(all="ignore"), suppress(ValueError):
                return array.astype(kinds[int(rng.integers(len(kinds)))], casting="unsafe")
    return array


def entries_of(content: bytes) -> dict[str, bytes]:
    """Return the entries of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(entries: dict[str, bytes], deflated: bool) -> bytes:
    """Return a zip archive with these entries."""
    target = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    with zipfile.ZipFile(target, "w", method, compresslevel=1) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return target.getvalue()


def array_in(content: bytes) -> np.ndarray[Any, Any]:
    """Return the array of an .npy file."""
    found: np.ndarray[Any, Any] = np.load(io.BytesIO(content), allow_pickle=False)
    return found


def npy(array: np.ndarray[Any, Any]) -> bytes:
    """Return an array as an .npy file."""
    target = io.BytesIO()
    np.save(target, array, allow_pickle=False)
    return target.getvalue()


Damage = Callable[[bytes, Rng], bytes]
OF_ARCHIVES: tuple[Damage, ...] = (bytes_of, tail_of, archive, archive)
