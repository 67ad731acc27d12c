"""The Chinese README: commands, code and numbers are those of the English one, links lead on."""

import re

import pytest

from tutorials import FOLDER

README = FOLDER / "zh" / "README.md"
TEXT = README.read_text(encoding="utf-8")
ENGLISH = (FOLDER.parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("block", re.findall(r"^```(?:sh|python)\n(.*?)^```", TEXT, re.S | re.M))
def test_commands_and_code_are_those_of_the_english_readme(block):
    assert block in ENGLISH or "tutorials" in block


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)]+)\)", TEXT))
def test_links_lead_somewhere(path):
    assert (README.parent / path).exists()


def test_numbers_are_those_of_the_english_readme():
    for number in re.findall(r"[0-9]+\.[0-9]{3,}", TEXT):
        assert number in ENGLISH
