"""Both sides of every line of the proof agree, and a planted error is found in its line."""

from dataclasses import replace

import pytest

from minigan.theory import (
    CASES,
    PROOF,
    affine,
    losses,
    losses_text,
    proof_text,
    prove,
    summands,
)

ALL = {game.name: list(prove(game)) for game in CASES}


@pytest.mark.parametrize("game", CASES, ids=lambda game: game.name)
def test_every_line_holds(game):
    lines = ALL[game.name]
    assert len(lines) == len(PROOF) == 9
    assert all(line.holds and abs(line.difference) < 1e-11 for line in lines)
    assert {line.bound for line in lines} == {1e-9 if game.name in ("coins", "holes") else 1e-7}


def test_the_numbers_of_the_cases():
    theorem = {name: lines[6].left for name, lines in ALL.items()}
    assert theorem["coins"] == pytest.approx(-1.3186502, abs=5e-8)
    assert theorem["far"] == pytest.approx(-0.712633, abs=5e-7)
    assert theorem["perfect"] == pytest.approx(-1.386294, abs=5e-7)
    assert ALL["far"][8].left == pytest.approx(1.386294, abs=5e-7)


@pytest.mark.parametrize(
    ("wrong", "lines"),
    [("value", {1, 3, 7, 8, 9}), ("regret", {8, 9}), ("cross_entropy", {5, 6}), ("js", {6, 7, 9})],
)
@pytest.mark.parametrize("name", ["coins", "far"])
def test_a_planted_error_is_found(wrong, lines, name, monkeypatch):
    (game,) = (game for game in CASES if game.name == name)
    right = getattr(summands, wrong)
    monkeypatch.setattr(summands, wrong, lambda *logs: right(*logs) * (1 + 1e-5))
    assert {number for number, line in enumerate(prove(game), 1) if not line.holds} == lines


def test_a_wrong_density_is_found():
    far = CASES[2]
    wrong = replace(far.G, slope=lambda h: 0 * h + 1.001)
    assert not next(prove(replace(far, G=wrong, P=affine(1, 1)))).holds


def test_the_losses():
    rows = list(losses())
    assert all(row.loss == pytest.approx(row.floor + row.regret, abs=1e-12) for row in rows)
    same = [row for row in rows if f"{row.loss:.6f}" == "1.386294"]
    assert [row.verdict for row in same] == ["G is perfect", "D knows nothing"]
    assert (f"{same[1].floor:.6f}", f"{same[1].regret:.6f}") == ("0.712633", "0.673662")


def test_the_text_fits_a_terminal_and_marks_wrong_lines():
    text = proof_text(CASES, list(ALL.values())) + "\n" + losses_text(losses())
    assert max(map(len, text.splitlines())) <= 100
    assert text.isascii() and "WRONG" not in text and "18 of 18" in text and "27 of 27" in text
    broken = [[replace(line, left=line.left + 1e-8) for line in lines] for lines in ALL.values()]
    text = proof_text(CASES, broken)
    assert text.count("WRONG: more than 1e-09") == 18 and " 0 of 18" in text and "27 of 27" in text
