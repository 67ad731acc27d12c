"""The parts of A5 and their points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minigan.classroom.assignments.a5 import inputs, models, solution
from minigan.classroom.model import Assignment, Function, Part


def _function(
    name: str, points: int, draw: Any, small: Any, model: Any, wrong: Any, probes: Any = None
) -> Function:
    right: Callable[..., Any] = getattr(solution, name)
    return Function(name, points, right, draw, small, model, wrong, probes,
                    floor=inputs.FLOOR, simplify=False)  # fmt: skip


_DIVERGENCES = (
    _function("entropy", 6, inputs.entropy, inputs.small_entropy, models.entropy, models.ENTROPY),
    _function("kl", 6, inputs.pairs, inputs.small_pairs, models.kl, models.KL),
    _function("js", 6, inputs.pairs, inputs.small_pairs, models.js, models.JS),
)
_D_STAR = _function("optimal_discriminator", 18, inputs.games, inputs.small_games, models.d_star,
                    models.D_STAR)  # fmt: skip
_PROOF = _function("proof", 24, inputs.proofs, inputs.small_proofs, models.proof, models.PROOF)
_LOSSES = (
    _function("d_loss", 6, inputs.d_losses, inputs.small_d_losses, models.d_loss, models.D_LOSS,
              inputs.probe_d_losses),
    _function("g_loss_minimax", 5, inputs.g_losses, inputs.small_g_losses, models.g_minimax,
              models.G_MINIMAX),
    _function("g_loss_non_saturating", 5, inputs.g_losses, inputs.small_g_losses,
              models.g_non_saturating, models.G_NON_SATURATING),
)  # fmt: skip
_PARTS_OF_LOSS = (
    _function("decompose", 7, inputs.parts_of_loss, inputs.small_parts, models.decompose,
              models.DECOMPOSE),
    _function("what_is_wrong", 7, inputs.parts_of_loss, inputs.small_parts, models.what_is_wrong,
              models.DECOMPOSE),
)  # fmt: skip

ASSIGNMENT = Assignment(
    id="A5",
    parts=(
        Part("5.1", 18, _DIVERGENCES, difficulty=1, minutes=25),
        Part("5.2", 18, (_D_STAR,), difficulty=1, minutes=15),
        Part("5.3", 24, (_PROOF,), difficulty=3, minutes=45),
        Part("5.4", 16, _LOSSES, difficulty=2, minutes=25),
        Part("5.5", 14, _PARTS_OF_LOSS, difficulty=2, minutes=20),
        Part("5.6", 10, difficulty=2, minutes=30, manual=True),
    ),
    chapters=("t09", "t10", "t11", "t12"),
    steps={
        "log-base-2": "t09#surprise",
        "kl-reversed": "t09#direction",
        "js-doubled": "t09#mixture",
        "mixture-not-halved": "t09#mixture",
        "zero-log-zero-is-nan": "t09#entropy",
        "js-for-twice-js": "t12#ladder",
        "d-star-of-the-model": "t11#one",
        "no-mass-is-nan": "t11#nothing",
        "sigmoid-then-log": "t10#softplus",
        "labels-swapped": "t10#loss",
        "sign-of-g": "t12#saturates",
        "sum-for-mean": "t10#loss",
    },
)
