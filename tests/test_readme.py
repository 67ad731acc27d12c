"""What the README shows is run as it stands there."""

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import minigan
from minigan import datasets, nn, viz

TEXT = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_training_loop_is_short_and_learns(capsys):
    code = re.search(r"<!-- loop -->\n```python\n(.*?)```", TEXT, re.DOTALL).group(1)
    assert len(code.splitlines()) <= 25
    exec(compile(code, "README.md", "exec"), {})
    assert int(re.match(r"(\d+)% of 360", capsys.readouterr().out).group(1)) >= 90


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)h#][^)]*)\)", re.sub(r"`[^`]*`", "", TEXT)))
def test_what_it_links_to_is_there(path):
    assert (Path(__file__).parent.parent / path).exists()


@pytest.mark.parametrize("anchor", re.findall(r"\]\(#([^)]*)\)", TEXT))
def test_what_the_contents_name_is_there(anchor):
    titles = re.findall(r"^## (.*)", TEXT, re.MULTILINE)
    assert anchor in [re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles]


def evening_path():
    """The files of the evening path, in the order of the README."""
    section = re.search(r"^## [^\n]*evening path.*?(?=^## )", TEXT, re.DOTALL | re.MULTILINE | re.I)
    return [Path(name) for name in re.findall(r"`(minigan/[\w/]+\.py)`", section.group(0))]


def test_the_evening_path_is_short_and_can_be_read_from_top_to_bottom():
    root, path = Path(__file__).parent.parent, evening_path()
    assert 12 <= len(path) <= 30 and len(set(path)) == len(path)
    lines = {file: len((root / file).read_text(encoding="utf-8").splitlines()) for file in path}
    assert sum(lines.values()) <= 3500, lines
    names = {file: ".".join(file.with_suffix("").parts) for file in path}
    for place, file in enumerate(path):
        tree = ast.parse((root / file).read_text(encoding="utf-8"))
        later = {names[other] for other in path[place + 1 :]}
        assert not later & set(imported(tree)), file


def imported(tree):
    """The modules that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_the_op_of_the_readme_is_right(capsys):
    code = re.search(r"<!-- op -->\n```python\n(.*?)```", TEXT, re.DOTALL).group(1)
    exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out.strip()
    assert f"prints `{printed}`" in TEXT


def rows_of(title):
    """The cells of the table in a section of the README, without its head."""
    section = TEXT.split(f"\n## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]


def is_code(text):
    try:
        compile(text, "README.md", "exec")
    except SyntaxError:
        return False
    return True


def test_what_to_write_instead_runs_row_by_row(tmp_path):
    rng = np.random.default_rng(0)
    net = nn.Sequential(nn.Linear(4, 8, generator=0), nn.ReLU(), nn.Linear(8, 3, generator=1))
    names = vars(minigan) | {
        "np": np, "minigan": minigan, "nn": nn, "F": nn.functional, "datasets": datasets,
        "viz": viz, "rng": rng, "net": net, "path": tmp_path / "weights",
        "picture": tmp_path / "loss.png",
        "images": minigan.randn(2, 4, generator=0), "loss": minigan.tensor(1.0),
        "mu": minigan.zeros(5), "sigma": minigan.ones(5), "logits": minigan.zeros(2, 3),
    }  # fmt: skip
    run, here = 0, dict(names)
    for _, written in rows_of("Coming from PyTorch"):
        arrays = rng.integers(0, 255, (16, 1, 4, 4), dtype=np.uint8), np.arange(16) % 3
        here |= {"x": arrays[0], "y": arrays[1], "images": names["images"], "loss": names["loss"]}
        for code in re.findall(r"`([^`]+)`", written):
            if "log_softmax" in code or "binary_cross" in code:
                here["y"] = minigan.ones(2, 3)
            if code.startswith("np.savez"):  # this line is for PyTorch
                np.savez(names["path"].with_suffix(".npz"), **net.state_dict())
                here["path"] = names["path"].with_suffix(".npz")
            elif is_code(code) and not re.fullmatch(r"[\w.]+", code):
                exec(compile(code, "README.md", "exec"), here)
                run += 1
    assert run >= 24
