"""Shards cover every list; merged they are the list; what is missing or twice is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minigan.shards import Shard, ShardError, complete, in_order, merge, write_note


@given(size=st.integers(0, 60), count=st.integers(1, 20))
def test_shards_are_disjoint_complete_and_balanced(size: int, count: int) -> None:
    items = list(range(size))
    parts = [Shard(number, count).part(items) for number in range(1, count + 1)]
    assert sorted(item for part in parts for item in part) == items
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1
    assert in_order(parts) == items
    assert parts == [Shard.parse(f"{i}/{count}").part(items) for i in range(1, count + 1)]


@pytest.mark.parametrize(
    "text", ["0/3", "4/3", "1", "1/", "/2", "-1/2", "1/0", "1.0/2", "²/3", "1/2/3"]
)
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be I/N with 1 <= I <= N"):
        Shard.parse(text)


@given(count=st.integers(1, 9), data=st.data())
def test_a_missing_or_double_shard_is_named(count: int, data: st.DataObject) -> None:
    whole = [(Shard(i, count), f"file {i}") for i in range(1, count + 1)]
    shuffled = data.draw(st.permutations(whole))
    assert complete(shuffled) == [name for _, name in whole]
    victim = data.draw(st.integers(0, count - 1))
    shard, name = shuffled[victim]
    with pytest.raises(ShardError) as error:
        complete([*shuffled, (shard, "copy")])
    assert f"shard {shard} is there twice" in str(error.value) and name in str(error.value)
    with pytest.raises(ShardError) as error:
        complete(shuffled[:victim] + shuffled[victim + 1 :])
    wanted = "there are no shards" if count == 1 else f"shard {shard} is missing"
    assert wanted in str(error.value) and "\n" not in str(error.value)
    with pytest.raises(ShardError, match="of different divisions"):
        complete([*shuffled, (Shard(1, count + 1), "other")])


def test_notes_of_all_shards_are_merged_in_the_order_of_the_list(tmp_path: Path) -> None:
    names = [f"文件 {i}" for i in range(7)]
    for number in (2, 3, 1):
        folder = tmp_path / ("one" if number < 3 else "two")
        folder.mkdir(exist_ok=True)
        shard = Shard(number, 3)
        write_note(
            folder, shard, {"a": 1}, [(name, i) for i, name in shard.part([*enumerate(names)])]
        )
    plan, files = merge([tmp_path / "two", tmp_path / "one", tmp_path / "two"])
    assert plan == {"a": 1} and [path.name for path, _ in files] == names
    assert [more for _, more in files] == list(range(7))
    assert files[2][0].parent.name == "two"
    write_note(tmp_path / "two", Shard(3, 3), {"a": 2}, [])
    with pytest.raises(ShardError, match="of different jobs or settings"):
        merge([tmp_path / "one", tmp_path / "two"])
    for text in ("[]", '{"shard": [3], "plan": {}, "files": []}', '{"shard": [4, 3]}'):
        (tmp_path / "two/.shard-3-of-3").write_text(text)
        with pytest.raises(ShardError, match="is damaged"):
            merge([tmp_path / "one", tmp_path / "two"])


@pytest.mark.parametrize("shard", [Shard(0, 3), Shard(4, 3), Shard(1, 0)])
def test_a_shard_outside_its_division_has_no_part(shard):
    with pytest.raises(ValueError, match=f"part: shard {shard} must be I/N with 1 <= I <= N"):
        shard.part([1, 2, 3, 4])
