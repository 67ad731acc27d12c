"""The words that the tools themselves write, in each language."""

LANGUAGES = ("en", "zh")
CODES = {"en": "en", "zh": "zh-CN"}  # as HTML names them
OWN_NAMES = {"en": "English", "zh": "中文"}

# The fields of a chapter's head: "- **Aim.** ..."
FIELDS = {
    "en": {"aim": "Aim.", "needs": "You need.", "time": "Time.", "next": "Next."},
    "zh": {"aim": "目标。", "needs": "预备知识。", "time": "用时。", "next": "接下来。"},
}

# The beginnings of paragraphs that are more than text: "**Predict.** ..."
MARKS = {
    "en": {
        "predict": "Predict.",
        "hint": "Hint",
        "solution": "Solution.",
        "heard": "Often heard.",
        "note": "The note says.",
    },
    "zh": {
        "predict": "预测。",
        "hint": "提示",
        "solution": "解答。",
        "heard": "常见的说法。",
        "note": "讲义说。",
    },
}

WORDS = {
    "en": {
        "book": "minigan: the book",
        "contents": "Contents",
        "chapters": "Chapters",
        "steps": "In this chapter",
        "glossary page": "Glossary",
        "note page": "The lecture note, sentence by sentence",
        "slides": "Slides",
        "notebook": "Notebook",
        "theme": "Light or dark",
        "previous": "Previous",
        "following": "Next",
        "predict": "Predict before you look",
        "guess": "Your prediction",
        "answer": "Show the answer",
        "hint": "Hint {}",
        "solution": "Show a solution",
        "heard": "Often heard",
        "note": "The lecture note says",
        "explore": "Explore",
        "show explorer": "Show the explorer here",
        "drawing": "Code of the picture",
        "checked": "{} checked",
        "one claim": "1 claim",
        "claims": "{} claims",
        "back": "One step back",
        "forward": "One step forward",
        "play": "Play or pause",
        "step": "Step",
        "keys": "Keys: space plays and pauses, the arrows step, Home and End jump.",
        "slide keys": "Keys: right and left arrow, Home, End; F for the full screen.",
        "link": "Link to this step",
        "made": "Run on {date} in {seconds} s by minigan {minigan} with NumPy {numpy} and Python "
        "{python}; {claims} hold.",
        "term": "English",
        "other": "Chinese",
        "symbol": "Symbol",
        "names": "Code",
        "chapter": "Chapter",
        "sentence": "The note says",
        "judged": "When it holds, and what to say instead",
        "shown by": "Where, and what shows it",
        "held by": "Claims and tests that hold it",
        "seconds": "{:.0f} s",
        "press": "[Enter] next, [q] quit: ",
        "press hint": "[h] hint, [Enter] solution, [q] quit: ",
        "your guess": "Your prediction: ",
        "you said": "You predicted: {}",
        "picture": "picture: {}",
        "done": "That was the chapter. Next: {}",
    },
    "zh": {
        "book": "minigan：这本书",
        "contents": "目录",
        "chapters": "各章",
        "steps": "本章内容",
        "glossary page": "术语表",
        "note page": "讲义逐句核对",
        "slides": "幻灯片",
        "notebook": "Notebook",
        "theme": "浅色或深色",
        "previous": "上一章",
        "following": "下一章",
        "predict": "先预测，再看答案",
        "guess": "你的预测",
        "answer": "显示答案",
        "hint": "提示 {}",
        "solution": "显示解答",
        "heard": "常见的说法",
        "note": "讲义里说",
        "explore": "动手探索",
        "show explorer": "在这里打开",
        "drawing": "作图的代码",
        "checked": "已核对 {}",
        "one claim": "1 条断言",
        "claims": "{} 条断言",
        "back": "后退一步",
        "forward": "前进一步",
        "play": "播放或暂停",
        "step": "步",
        "keys": "按键：空格播放或暂停，方向键单步，Home 和 End 跳到两端。",
        "slide keys": "按键：左右方向键翻页，Home、End 跳到两端，F 全屏。",
        "link": "本步的链接",
        "made": "{date} 用 minigan {minigan}、NumPy {numpy}、Python {python} 运行，"
        "用时 {seconds} 秒；{claims}全部成立。",
        "term": "英文",
        "other": "中文",
        "symbol": "符号",
        "names": "代码",
        "chapter": "章",
        "sentence": "讲义里的话",
        "judged": "何时成立，应当怎么说",
        "shown by": "在哪里，用什么说明",
        "held by": "保证它的断言和测试",
        "seconds": "{:.0f} 秒",
        "press": "[回车] 继续，[q] 退出：",
        "press hint": "[h] 看提示，[回车] 看解答，[q] 退出：",
        "your guess": "你的预测：",
        "you said": "你的预测是：{}",
        "picture": "图：{}",
        "done": "本章到此结束。接下来：{}",
    },
}


def count_of_claims(count: int, language: str) -> str:
    """Return "1 claim", "2 claims" and so on."""
    words = WORDS[language]
    return words["one claim"] if count == 1 else words["claims"].format(count)
