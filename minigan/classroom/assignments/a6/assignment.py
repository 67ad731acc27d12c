"""The parts of A6 and their points."""

from __future__ import annotations

from minigan.classroom.assignments.a6 import graders, inputs, models
from minigan.classroom.model import Assignment, Function, Part

_STEP = Function(
    "train_step", 18, models.train, inputs.steps, inputs.small_steps, models.train, models.STEP,
    driver=models.DRIVER, simplify=False, told=lambda value: value[0],
    wrong_code="def train_step(*players):\n    return models.step(*players, **FLAGS)\n",
)  # fmt: skip
# wrong functions for the selftest: each overlooks one fault
_OVERLOOKS = """
def name_the_fault(loop_source, log, right=name_the_fault):
    key = right(loop_source, log)
    return "labels-swapped" if key == "{key}" else key
"""

ASSIGNMENT = Assignment(
    id="A6",
    parts=(
        Part("6.1", 18, (_STEP,), difficulty=2, minutes=40, library=True),
        Part("6.2", 20, special=graders.ring, difficulty=2, minutes=45, library=True,
             visible=False, trains=True),
        Part("6.3", 15, special=graders.faults, difficulty=2, minutes=30, library=True,
             visible=False),
        Part("6.4", 16, special=graders.inversion, difficulty=3, minutes=45, library=True),
        Part("6.5", 16, special=graders.trained_digits, difficulty=3, minutes=60, library=True,
             visible=False, trains=True),
        Part("6.6", 15, difficulty=2, minutes=60, manual=True),
    ),
    imports="import ast\n\nimport numpy as np\n\nimport minigan\n"
    "from minigan import gan, nn, optim\n"
    "from minigan.nn import functional as F",
    chapters=("t13", "t14", "t15"),
    seconds=360.0,
    special={
        key: ("6.3", _OVERLOOKS.format(key=key))
        for key in ("learning-rate-too-high", "batch-norm-shared")
    },
    steps={
        "no-detach": "t10#detach",
        "labels-swapped": "t10#loss",
        "sigmoid-twice": "t10#twice",
        "moves-both-players": "t10#owner",
        "gradients-not-cleared": "t01#twice",
        "learning-rate-too-high": "t13#both",
        "batch-norm-shared": "t15#together",
    },
)  # fmt: skip
