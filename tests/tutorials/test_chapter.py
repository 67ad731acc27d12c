"""Chapters are read as they are written; what is not in the form is refused with its line."""

import pytest
from small_chapters import HEAD, write

from tutorials.book.blocks import arrange, every
from tutorials.book.chapter import ChapterError, Code, Text, parse_script, parse_translation

STEPS = """
# %%
a = 1

# %% first [markdown]
# ## One
#
# Text.
#
# **Predict.** What is a?

# %%

b = 2

# %% draw
c = 3

# %% [markdown]
# It is 1.
"""


def test_steps_hold_texts_and_code_in_order(tmp_path):
    start, first = write(tmp_path, STEPS).steps["en"]
    assert (start.id, first.id, start.title, first.title) == ("start", "first", "A title", "One")
    assert [type(part) for part in first.parts] == [Text, Code, Code, Text]
    assert [code.source for code in first.codes] == ["b = 2", "c = 3"]
    assert [code.draws for code in first.codes] == [False, True]
    assert first.parts[-1].source == "It is 1."


def test_a_code_cell_knows_the_line_of_its_file(tmp_path):
    chapter = write(tmp_path, STEPS)
    lines = chapter.path.read_text(encoding="utf-8").splitlines()
    codes = [code for step in chapter.steps["en"] for code in step.codes]
    assert [lines[code.line - 1] for code in codes] == ["a = 1", "b = 2", "c = 3"]
    assert len({code.number for code in codes}) == 3


def test_the_head_has_fields(tmp_path):
    chapter = write(tmp_path, STEPS)
    assert chapter.field("en", "aim") == "An aim in two lines."
    assert chapter.field("en", "next") == "T02." and chapter.seconds == 5
    assert chapter.name == "t01" and chapter.title("en") == "A title"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1\n", "chapter:1: the first line must be"),
        ("# %%\nx = 1\n", "the first cell must be '# %% start"),
        (HEAD + "# %% start [markdown]\n", "chapter:9: step id 'start' is not legal"),
        (HEAD + "# %% Two Words [markdown]\n", "'Two Words' is not legal"),
        (HEAD + "# %% a [markdown]\n# ## A\nx = 1\n", "chapter:11: a text cell holds 'x = 1'"),
        (HEAD + "# %% a [markdown]\n#no space\n", "a text cell holds '#no space'"),
        (HEAD + "# %% hide\nx = 1\n", "may be named 'draw', not 'hide'"),
        (HEAD + "# %% a [raw]\n", "cannot read the cell"),
    ],
)
def test_other_forms_are_refused(source, message):
    with pytest.raises(ChapterError) as error:
        parse_script(source)
    assert message in str(error.value)


CHINESE = """\
<!-- step: start -->
# 标题
<!-- code -->
<!-- step: first -->
## 一

**预测。** a 是多少？
<!-- code -->
<!-- code -->
是 1。
"""


def test_a_translation_takes_the_code_of_the_original(tmp_path):
    steps = write(tmp_path, STEPS, CHINESE).steps
    assert [s.codes for s in steps["zh"]] == [s.codes for s in steps["en"]]
    assert steps["zh"][1].title == "一" and steps["zh"][1].parts[-1].source == "是 1。"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("step: first", "step: second", "its steps differ at 'second'"),
        ("<!-- step: first -->\n", "", "its steps differ at 'the last one'"),
        ("<!-- code -->\n是", "是", "step 'first' is text, code, text; the original is"),
        ("\n是 1。", "", "the original is text, code, code, text"),
        ("<!-- step: start -->", "前言\n<!-- step: start -->", "its steps differ"),
    ],
)
def test_a_translation_in_another_form_is_refused(old, new, message):
    assert old in CHINESE
    with pytest.raises(ChapterError) as error:
        parse_translation(CHINESE.replace(old, new), parse_script(HEAD + STEPS))
    assert message in str(error.value)


# ------------------------------------------------------------------------------------------ blocks


def kinds(blocks):
    return [block.kind for block in blocks]


def test_what_follows_a_question_is_its_answer(tmp_path):
    _, first = write(tmp_path, STEPS).steps["en"]
    text, question, answer = arrange(first, "en")
    assert text.text.endswith("Text.") and question.text == "What is a?"
    assert kinds(answer.blocks) == ["code", "code", "text"]


def test_an_exercise_has_hints_and_a_solution(tmp_path):
    step = """
    # %% exercise [markdown]
    # ## Exercise
    #
    # Do it.
    #
    # **Hint 1.** One.
    #
    # More of one.
    #
    # **Hint 2.** Two.
    #
    # **Solution.** So.
    # %%
    x = 1
    """
    blocks = arrange(write(tmp_path, step).steps["en"][1], "en")
    assert kinds(blocks) == ["text", "hint", "hint", "solution"]
    assert [block.number for block in blocks] == [0, 1, 2, 0]
    assert blocks[1].text == "One.\n\nMore of one." and kinds(blocks[3].blocks) == ["text", "code"]
    assert kinds(every(blocks)) == ["text", "hint", "hint", "solution", "text", "code"]


def test_callouts_are_one_paragraph(tmp_path):
    step = """
    # %% wrong [markdown]
    # ## Wrong
    #
    # **Often heard.** "No."
    #
    # But yes.
    #
    # **The note says.** Yes.
    """
    blocks = arrange(write(tmp_path, step).steps["en"][1], "en")
    assert kinds(blocks) == ["text", "heard", "text", "note"] and blocks[2].text == "But yes."


def test_chinese_marks_give_the_same_blocks(tmp_path):
    steps = write(tmp_path, STEPS, CHINESE).steps
    english, chinese = ([*every(arrange(steps[lang][1], lang))] for lang in ("en", "zh"))
    assert kinds(english) == kinds(chinese)
