"""A short run of the fuzzer of damaged files, and the fuzzer itself on planted faults."""

import sys

import pytest

from benchmarks import fuzz


@pytest.fixture(scope="module")
def fuzzer(tmp_path_factory):
    return fuzz.Fuzzer(tmp_path_factory.mktemp("fuzz"), seed=1)


@pytest.mark.parametrize("kind", fuzz.COUNTS)
def test_damaged_files_lead_to_documented_errors_only(fuzzer, kind):
    found = [fuzzer.run(kind, number) for number in range(25)]
    assert [outcome for outcome in found if outcome.kind == "fault"] == []
    assert any(outcome.kind == "refused" for outcome in found)


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (lambda path: {}["x"], "KeyError"),
        (lambda path: exec("raise RecursionError"), "RecursionError"),
        (lambda path: exec("raise ValueError('no RunError')"), "no RunError"),
        (lambda path: __import__("warnings").warn("odd", stacklevel=1), "odd"),
        (lambda path: exec("raise runs.RunError('two\\nlines')", vars(fuzz)), "two"),
    ],
)
def test_the_fuzzer_finds_planted_faults(fuzzer, monkeypatch, plant, words):
    monkeypatch.setattr(fuzz, "use_run", plant)
    outcome = fuzzer.run("config", 0)
    assert outcome.kind == "fault" and words in outcome.text


def test_the_fuzzer_sees_time_memory_and_numbers_that_are_not_finite(fuzzer, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(fuzz, "_SECONDS", -1.0)
        assert " MB for " in fuzzer.run("config", 0).text
    if sys.platform == "linux":
        with monkeypatch.context() as patch:
            patch.setattr(fuzz, "use_run", lambda path: fuzz.np.ones(10**7))
            assert " 80 MB for " in fuzzer.run("config", 0).text
    monkeypatch.setattr(fuzz.runs, "sample", lambda *_: fuzz.np.full(3, fuzz.np.nan))
    with pytest.raises(AssertionError, match="not finite were drawn without a word"):
        fuzz.use_run(fuzzer.folder / "runs" / "plane")
