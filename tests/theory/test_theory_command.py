"""`minigan theory`: exit codes, the picture, and errors of one line."""

import re
from pathlib import Path

import pytest

from minigan import cli, theory
from minigan.theory import summands


def test_the_proof_holds(capsys):
    assert cli.main(["theory"]) == 0
    out, errors = capsys.readouterr()
    assert errors == ""
    for number in (
        "-1.3186502100",
        "1.386294 =       0.712633 + 0.673662",
        "is that good?",
        "27 of 27",
    ):
        assert number in out


def test_a_line_that_fails_gives_exit_code_1(capsys, monkeypatch):
    right = summands.regret
    monkeypatch.setattr(summands, "regret", lambda *logs: 1.001 * right(*logs))
    assert cli.main(["theory"]) == 1
    assert "WRONG" in capsys.readouterr().out


def test_the_picture(tmp_path, capsys):
    out = tmp_path / "theory.png"
    assert cli.main(["theory", "--plot", str(out)]) == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    *_, linear, perceptron = capsys.readouterr().out.splitlines()
    for line, game, most in ((linear, theory.CASES[2], 1e-4), (perceptron, theory.CASES[4], 5e-3)):
        loss, floor, regret = (
            float(line[start:end]) for start, end in ((29, 39), (42, 56), (59, 67))
        )
        assert loss == pytest.approx(floor + regret, abs=2e-6) and 0 <= regret < most
        assert floor == pytest.approx(-game.best_value(), abs=1e-6)


@pytest.mark.parametrize("where", ["theory.jpg", "no/such/folder/theory.png", "../folder.png"])
def test_wrong_use_gives_one_line(where, tmp_path, monkeypatch, capsys):
    (tmp_path / "folder.png").mkdir()
    tmp_path = tmp_path / "here"
    tmp_path.mkdir()
    monkeypatch.chdir(tmp_path)
    assert cli.main(["theory", "--plot", where]) == 2
    out, errors = capsys.readouterr()
    assert out == "" and errors.startswith("minigan: error: --plot ") and errors.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_readme_prints_what_it_says(capsys):
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    code = re.search(r"<!-- theory -->\n```python\n(.*?)```", text, re.DOTALL).group(1)
    exec(compile(code, "README.md", "exec"), {})
    first, second = capsys.readouterr().out.splitlines()
    assert f"prints `{first}` and `{second}`" in text
