"""The command `explain`: a convolution in words, stills and films, and pages to explore on."""

from __future__ import annotations

import argparse
import webbrowser
from collections.abc import Callable
from pathlib import Path

from minigan.cli.errors import UsageError
from minigan.cli.output import print_text, require_file
from minigan.cli.parsing import commands_of, pair
from minigan.explain.explorers import LANGUAGES, NAMES, page
from minigan.files import replacing

_PAGES = {
    "tape": "a page that steps backward through a graph, in the right order and in wrong ones",
    "gan": "a page of the game: drag two distributions, and see D*, V, JSD and the gradients",
    "training": "a page that shows a recorded run update by update, and two futures side by side",
    "layers": "a page that shows what each layer of a classifier remembers of an image",
}
_SETTINGS = {"kernel": 3, "stride": 2, "padding": 1, "output-padding": 0, "dilation": 1}


def add_explain(parser: argparse.ArgumentParser) -> None:
    """Add the parsers of `explain conv` and of the pages."""
    operations = commands_of(parser, "operation")
    text = "explain the convolution, or with --transposed its transpose"
    _add_conv(operations.add_parser("conv", help=text))
    for name in NAMES:
        if name != "conv":
            _add_page(operations.add_parser(name, help=_PAGES[name]), name)


def _add_conv(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--size",
        type=pair,
        metavar="N",
        help="the size of the input: one integer, or HxW (default: 5, with --transposed 3)",
    )
    for name, default in _SETTINGS.items():
        parser.add_argument(
            f"--{name}",
            type=pair,
            default=(default, default),
            metavar="N",
            help=f"one integer, or HxW for height and width (default: {default})",
        )
    parser.add_argument(
        "--transposed",
        action="store_true",
        help="explain the transposed convolution, by scattering and by zeros put in",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="F",
        help="the file to write: .gif (a film), .png (one step) or .html (a page on which each "
        "setting can be changed) (default: explain-conv.gif, or with --transposed "
        "explain-conv-transposed.gif)",
    )
    parser.add_argument(
        "--step",
        type=int,
        metavar="N",
        help="the step that a .png shows, from 1 on (default: one in the middle)",
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=1.0,
        metavar="S",
        help="how long a .gif shows each step (default: 1)",
    )
    _add_page_options(parser)
    parser.set_defaults(run=_explain_conv)


def _add_page(parser: argparse.ArgumentParser, name: str) -> None:
    if name == "training":
        parser.add_argument(
            "source",
            nargs="?",
            metavar="RUN",
            help="the directory of a GAN trained on points (default: a built-in recording)",
        )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(f"{name}.html"),
        metavar="F.html",
        help=f"the page to write (default: {name}.html)",
    )
    _add_page_options(parser)
    parser.set_defaults(run=_explain_by_page(name))


def _add_page_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        default="en",
        help="the language a page shows first; it has both (default: en)",
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")


def _explain_conv(arguments: argparse.Namespace) -> None:
    """Explain a convolution with numbers, and draw it or write its page."""
    from minigan.explain import explain_conv

    a = arguments
    size = a.size or ((3, 3) if a.transposed else (5, 5))
    name = "explain-conv" + "-transposed" * a.transposed
    out = a.out or Path(f"{name}.html" if a.open else f"{name}.gif")
    if a.open and out.suffix != ".html":
        raise UsageError(f"--open opens a page, and --out {out} is none (legal: .html)")
    settings = a.kernel, a.stride, a.padding, a.output_padding, a.dilation
    more = {"step": a.step, "seconds": a.seconds, "language": a.language}
    try:
        print_text(explain_conv(size, *settings, a.transposed, out, **more))
    except (ValueError, TypeError) as error:
        raise UsageError(str(error)) from error
    if a.open:
        _open(out)


def _explain_by_page(name: str) -> Callable[[argparse.Namespace], None]:
    """Return the command that writes the page of an explorer."""

    def write(arguments: argparse.Namespace) -> None:
        out = require_file(arguments.out, ".html")
        text = page(name, language=arguments.language, data=getattr(arguments, "source", None))
        with replacing(out) as file:
            file.write_text(text, encoding="utf-8")
        print_text(f"Wrote {out}: open it in a browser, or use --open. It needs no network.")
        if arguments.open:
            _open(out)

    return write


def _open(out: Path) -> None:
    """Open a page in the browser; raises UsageError if there is none."""
    if not webbrowser.open(out.resolve().as_uri()):
        raise UsageError(f"--open: no browser was found; open {out} by hand")
