"""The pages of the book: chapters, slides, the list of chapters, the glossary, the lecture note."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from lesson import Claim
from tutorials import FOLDER
from tutorials.book import note
from tutorials.book.blocks import arrange, every
from tutorials.book.chapter import Chapter, Step
from tutorials.book.frame import filled, framed
from tutorials.book.html import StepWriter, with_anchor
from tutorials.book.markdown import Setting, math, render
from tutorials.book.shelf import Shelf
from tutorials.book.words import CODES, LANGUAGES, WORDS, count_of_claims


def chapter_page(shelf: Shelf, chapter: Chapter, language: str) -> str:
    """Return the page of a chapter."""
    record, words, name = shelf.records[chapter.name], WORDS[language], chapter.name
    writer = StepWriter(chapter, language, record, shelf.pages(language))
    steps = chapter.steps[language]
    sections = "\n".join(
        f'<section id="{step.id}">'
        f"{with_anchor(writer.write(step), step, chapter.number, language)}</section>"
        for step in steps
    )
    made = words["made"].format(
        date=record.date,
        seconds=f"{record.seconds:.1f}",
        claims=count_of_claims(record.count, language),
        **{name: record.versions[name] for name in ("minigan", "numpy", "python")},
    )
    body = f'{sections}<p class="made">{made}</p>{_neighbours(shelf, chapter, language)}'
    tools = f'<a href="{name}-slides.html">{words["slides"]}</a>'
    tools += f'<a href="{name}.ipynb">{words["notebook"]}</a>'
    items = "".join(
        f'<li><a href="#{s.id}">{_inline(s.title, language)}</a></li>' for s in steps[1:]
    )
    contents = f"<h2>{words['steps']}</h2><ol>{items}</ol>"
    return framed(shelf, language, f"{name}.html", _title(chapter, language), body, tools, contents)


def slides_page(shelf: Shelf, chapter: Chapter, language: str) -> str:
    """Return the slides of a chapter, a step a slide."""
    record, words = shelf.records[chapter.name], WORDS[language]
    writer = StepWriter(chapter, language, record, shelf.pages(language))
    slides = "\n".join(
        f'<section class="slide" id="{step.id}"><div class="body">{writer.write(step)}</div>'
        "</section>"
        for step in chapter.steps[language]
    )
    return filled(
        "slides.html",
        lang=CODES[language],
        title=escape(_title(chapter, language)),
        slides=slides,
        page=f"{chapter.name}.html",
        back=words["back"],
        forward=words["forward"],
        keys=words["slide keys"],
    )


def index_page(shelf: Shelf, language: str) -> str:
    """Return the entrance of a language: what the book is, and all chapters with their aims."""
    path = FOLDER / "index.md" if language == "en" else FOLDER / language / "index.md"
    pages, words = shelf.pages(language), WORDS[language]
    intro = render(path.read_text(encoding="utf-8"), Setting(language, pages=pages))
    rows = ""
    for chapter in shelf.chapters:
        shown = language if language in chapter.steps else "en"
        title = escape(chapter.title(shown))
        if chapter.name in pages:
            title = f'<a href="{chapter.name}.html">{title}</a>'
        time = f"<small>{words['seconds'].format(chapter.seconds)}</small>"
        aim = render(chapter.field(shown, "aim"), Setting(shown))
        number = f'<span class="number">T{chapter.number:02}</span>'
        rows += f'<li>{number}<div><p class="title">{title} {time}</p>{aim}</div></li>'
    body = f'{intro}<h2>{words["chapters"]}</h2><ol class="chapters">{rows}</ol>'
    return framed(shelf, language, "index.html", words["book"], body)


def glossary_page(shelf: Shelf, language: str) -> str:
    """Return the table of all terms, with their symbols, functions and chapters."""
    words, pages, rows = WORDS[language], shelf.pages(language), []
    for term in shelf.terms:
        name = f"T{term.chapter:02}"
        link = f'<a href="{name.lower()}.html">{name}</a>' if name.lower() in pages else name
        symbols = ", ".join(math(symbol) for symbol in term.symbols)
        code = ", ".join(f"<code>{escape(each)}</code>" for each in term.code)
        chinese = f'<span lang="zh-CN">{escape(term.zh)}</span>'
        rows.append([escape(term.en), chinese, symbols, code, link])
    heads = [words[name] for name in ("term", "other", "symbol", "names", "chapter")]
    title = words["glossary page"]
    return framed(shelf, language, "glossary.html", title, _table(title, heads, rows))


def note_page(shelf: Shelf, language: str) -> str:
    """Return the table of the lecture note: each sentence, when it holds, what shows it, tests."""
    words, judged, rows = WORDS[language], note.load(), []
    setting = Setting(language, pages=shelf.pages(language))
    for chapter in shelf.chapters:
        for step in chapter.steps.get(language, ()):
            row = judged.get(f"{chapter.name}#{step.id}", note.Row(f"{chapter.name}#{step.id}"))
            for block in every(arrange(step, language)):
                if block.kind == "note":
                    said = render(block.text, setting)
                    holds = render(row.judged.get(language, ""), setting)
                    where = [_place(shelf, place, language) for place in row.places]
                    where += [_picture(shelf, picture, language) for picture in row.pictures]
                    held = [escape(str(claim)) for claim in _claims(shelf, chapter, step)]
                    held += [_test(test) for test in row.tests]
                    rows.append([said, holds, _list(where), _list(held)])
    heads = [words[name] for name in ("sentence", "judged", "shown by", "held by")]
    title = words["note page"]
    return framed(shelf, language, "note.html", title, _table(title, heads, rows, "table even"))


def entrance_page(shelf: Shelf) -> str:
    """Return the page that leads to the languages."""
    there = [each for each in LANGUAGES if (shelf.out / each / "index.html").exists()]
    links = "".join(
        f'<p><a href="{each}/index.html" lang="{CODES[each]}">{WORDS[each]["book"]}</a></p>'
        for each in there
    )
    return filled("entrance.html", title=WORDS["en"]["book"], body=f"<main>{links}</main>")


def _title(chapter: Chapter, language: str) -> str:
    return f"T{chapter.number:02} {chapter.title(language)}"


def _inline(text: str, language: str) -> str:
    """A line of markdown without its paragraph."""
    return render(text, Setting(language)).strip().removeprefix("<p>").removesuffix("</p>")


def _neighbours(shelf: Shelf, chapter: Chapter, language: str) -> str:
    """Links to the chapters before and after."""
    pages, words = shelf.pages(language), WORDS[language]
    there = [c for c in shelf.chapters if c.name in pages and language in c.steps]
    at, links = there.index(chapter), ""
    for relation, word, other in (("prev", "previous", at - 1), ("next", "following", at + 1)):
        if 0 <= other < len(there):
            title = escape(_title(there[other], language))
            links += f'<a rel="{relation}" href="{there[other].name}.html"><small>{words[word]}'
            links += f"</small>{title}</a>"
    return f'<nav class="neighbours">{links}</nav>'


def _list(items: Iterable[str]) -> str:
    whole = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{whole}</ul>" if whole else ""


def _place(shelf: Shelf, place: str, language: str) -> str:
    """The chapter and the title of a step such as t05#odd, as a link if the page exists."""
    name, _, step_id = place.partition("#")
    chapter = next((chapter for chapter in shelf.chapters if chapter.name == name), None)
    steps = chapter.steps.get(language, ()) if chapter else ()
    title = next((_inline(step.title, language) for step in steps if step.id == step_id), step_id)
    text = f"{name.upper()}. {title}"
    return f'<a href="{name}.html#{step_id}">{text}</a>' if name in shelf.pages(language) else text


def _picture(shelf: Shelf, picture: str, language: str) -> str:
    """A picture such as t05#odd/sliding, as a link to its step if the page exists."""
    place, _, name = picture.partition("/")
    text = f"{place[:3].upper()}, {WORDS[language]['picture'].format(f'<code>{name}.png</code>')}"
    built = place[:3] in shelf.pages(language)
    return f'<a href="{place.replace("#", ".html#")}">{text}</a>' if built else text


def _claims(shelf: Shelf, chapter: Chapter, step: Step) -> tuple[Claim, ...]:
    """The claims of a step, which its run has checked; none if the chapter is not built now."""
    record = shelf.records.get(chapter.name)
    return tuple(record.claims(step.codes)) if record else ()


def _test(test: str) -> str:
    """A test by its name in words; a pointer on it shows its file."""
    if test.startswith("run "):
        return f"<code>python -m tutorials {test}</code>"
    name = test.partition("::")[2].removeprefix("test_").replace("_", " ")
    return f'<span title="{escape(test)}">{name}</span>'


def _table(title: str, heads: list[str], rows: list[list[str]], style: str = "table") -> str:
    head = "".join(f"<th>{word}</th>" for word in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in rows)
    return (
        f'<h1>{title}</h1><div class="{style}" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
