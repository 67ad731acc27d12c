"""What the command line says: help, suggestions, main figures, the next command, and its width."""

import json
import re
import shlex

import pytest

from minigan import cli, studies
from minigan.cli.output import fitted


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["trian"], "did you mean 'train'?"),
        (["evalute", "r"], "did you mean 'evaluate'?"),
        (["Train", "gan"], "did you mean 'train'?"),
        (["train", "gna"], "did you mean 'gan'?"),
        (["train", "auto-encoder"], "did you mean 'autoencoder'?"),
        (["explain", "cnov"], "did you mean 'conv'?"),
        (["train", "gan", "--stpes", "3"], "did you mean '--steps'?"),
        (["train", "gan", "--step=3"], "did you mean '--steps'?"),
        (["sample", "r", "--out", "x.png", "--lable", "3"], "did you mean '--label'?"),
        (["reconstruct", "r", "--out", "x.png", "--split", "trian"], "did you mean 'train'?"),
        (["--verison"], "did you mean '--version'?"),
    ],
)
def test_a_misspelt_word_gets_a_suggestion(typed, meant, capsys):
    assert cli.main(typed) == 2
    error = capsys.readouterr().err
    assert meant in error and error.count("\n") == 1 and "--help)" in error


@pytest.mark.parametrize("typed", [["qqqqq"], ["train", "gan", "--qqqqq"], ["explain", "qqqqq"]])
def test_a_word_like_no_other_gets_none(typed, capsys):
    assert cli.main(typed) == 2 and "did you mean" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "typed",
    [
        ["train", "gan", "--step", "1"],
        ["train", "gan", "--obj", "hinge"],
        ["train", "autoencoder", "--lat", "3"],
        ["sample", "r", "--ou", "x.png"],
        ["explain", "conv", "--trans"],
        ["evaluate", "r", "--se", "1"],
        ["--vers"],
    ],
)
def test_options_are_not_abbreviated(typed, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(typed) == 2
    assert "arguments" in capsys.readouterr().err and list(tmp_path.iterdir()) == []


def test_without_a_command_the_help_is_printed(capsys):
    assert cli.main([]) == 0
    alone = capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--help"])
    assert stopped.value.code == 0 and capsys.readouterr() == alone
    assert alone.err == "" and "train a GAN" in alone.out


def test_a_convolution_and_its_transpose_are_drawn_to_different_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["explain", "conv"]) == cli.main(["explain", "conv", "--transposed"]) == 0
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"explain-conv.gif", "explain-conv-transposed.gif"}


SMALL = {
    "images": ["gan", "--data", "digits8", "--features", "2", "--latent", "3"],
    "plane": ["gan", "--data", "ring8"],
    "line": ["gan", "--data", "gaussian"],
    "autoencoder": ["autoencoder", "--data", "digits8", "--features", "2"],
}


@pytest.mark.parametrize("kind", SMALL)
def test_train_ends_with_its_main_figures_and_the_next_command(kind, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(studies.evaluation, "EPOCHS", 1)
    arguments = [*SMALL[kind], "--batch", "4", "--steps", "3", "--out", "a run"]
    assert cli.main(["train", *arguments]) == 0
    lines = capsys.readouterr().out.splitlines()
    summary = next(k for k, line in enumerate(lines) if line.startswith("a run: 3 updates, "))
    assert "samples.png, samples.gif, curves.png, metrics.json" in lines[summary]
    said, found = (
        "\n".join(lines[summary + 1 : -1]),
        json.loads((tmp_path / "a run" / "metrics.json").read_text()),
    )
    if kind == "autoencoder":
        for name in ("test_mse", "pca_mse", "mean_image_mse"):
            assert f"{found[name]:.6f}" in said
        assert "PCA with as many numbers (30)" in said
    else:
        assert f"D {found['loss_D']:.4f}, G {found['loss_G']:.4f}" in said
    assert bool(re.search(r"[0-8] of 8 modes reached", said)) == (kind == "plane")
    assert ("JSD of data and model, exactly: 0.3" in said) == (kind == "line")
    prefix, _, command = lines[-1].partition("next: minigan ")
    assert prefix == "" and shlex.split(command)[1] == "a run"
    more = ["-n", "100"] if kind != "autoencoder" else []
    assert cli.main([*shlex.split(command), *more]) == 0  # it runs as it stands


def test_decoders_of_one_encoder_are_the_default_and_the_others_are_named(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    studied = []
    real = studies.study_layers

    def study(settings, out):
        studied.append(settings["encoder"])
        return real({**settings, "encoder": "orthonormal", "data": "digits8"}, out)

    monkeypatch.setattr(studies, "study_layers", study)
    assert cli.main(["train", "decoders"]) == 0
    assert studied == ["classifier"]
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "next: minigan train decoders autoencoder untrained orthonormal"
    with pytest.raises(SystemExit):
        cli.main(["train", "decoders", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "(default: classifier; name all four to compare them)" in text


@pytest.mark.parametrize("columns", [40, 79])
@pytest.mark.parametrize("command", ["conv", "transposed", "theory", "help"])
def test_texts_follow_the_width_of_the_terminal(command, columns, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    typed = {
        "conv": ["explain", "conv", "--out", "x.png"],
        "transposed": ["explain", "conv", "--transposed", "--out", "x.png"],
        "theory": ["theory"],
        "help": [],
    }[command]
    texts = []
    for width in (columns, 96):
        monkeypatch.setenv("COLUMNS", str(width))
        assert cli.main(typed) == 0
        texts.append(capsys.readouterr().out)
    narrow, wide = texts
    assert narrow.split() == wide.split() or command == "help"  # the same words
    for line in narrow.splitlines():
        table = "  " in line.strip() or " " not in line.strip()
        assert len(line) <= columns or table, line


def test_paragraphs_are_joined_before_they_are_wrapped():
    words = " ".join(["transposed"] * 40)
    from textwrap import wrap

    text = "\n".join(
        ["Head", *wrap(words, 96, initial_indent="  ", subsequent_indent="  "), "", "End"]
    )
    narrow = fitted(text, 50).splitlines()
    assert narrow[0] == "Head" and narrow[-2:] == ["", "End"]
    assert all(len(line) == 45 for line in narrow[1:-3])  # 4 words and the indentation
    assert fitted(text, 96) == fitted(text, 300) == text
    short = "one\ntwo\nthree"
    assert fitted(short, 20) == short  # lines that do not fill the width are no paragraph
    table = "name" + " " * 60 + "number"
    assert fitted(table, 20) == table
