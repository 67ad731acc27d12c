"""The tools of the book: they run chapters, check them, and write them for readers.

    words, chapter, blocks       a chapter as it is written: steps, texts, code, questions, hints
    numbers, markdown            the numbers of a text, and its HTML
    glossary                     terms and symbols, and the chapters that introduce them
    record, cache                what a chapter left behind when it ran
    code_rules, text_rules       what is checked, put together in checks
    html, highlight, shelf       steps as HTML;   frame, pages, site: the pages, written to a folder
    notebook                     the same chapter for Jupyter
    terminal, walk               the same chapter in the terminal

front/ holds the style sheets and scripts of the pages. tutorials/WRITING.md says how to write a
chapter.
"""
