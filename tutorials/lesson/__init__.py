"""What a chapter of the book uses: claims that are checked, and pictures of computed arrays.

    claim("what", value, expected)           the chapter stops here if the two differ
    figure(rows, columns)                    a 16:9 figure with large type
    grid(axes, array, "$x$")                 an array as squares with a number in each
    show("name", drawn)                      a picture
    play("name", frames)                     a picture with steps: play, pause, step, scrub
    explore("name", {"k": [2, 3]}, draw)     a picture with a slider for each setting
    recorded("modes.json")                   results of longer runs, made by a command of benchmarks

The text of the chapter refers to a picture by its name: ![what one sees](name.png) The caption.
"""

from lesson.claims import ClaimError, claim
from lesson.colours import BLUE, GREEN, GREY, INK, ORANGE, PALE, PURPLE, SKY, VERMILION, YELLOW
from lesson.figures import figure, grid
from lesson.films import explore, play, show
from lesson.longer_runs import recorded
from lesson.records import Claim, Film

__all__ = [
    "claim",
    "Claim",
    "ClaimError",
    "figure",
    "grid",
    "show",
    "play",
    "explore",
    "recorded",
    "Film",
    "BLUE",
    "VERMILION",
    "GREEN",
    "ORANGE",
    "SKY",
    "PURPLE",
    "YELLOW",
    "INK",
    "GREY",
    "PALE",
]
