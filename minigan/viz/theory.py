"""A picture of the theorem: two cases, D* and a D trained on samples, above both densities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from minigan.studies import TrainedDiscriminator
from minigan.theory import Case, Loss, optimal_logit
from minigan.theory.quadrature import Function
from minigan.viz.canvas import BLUE, GREEN, INK, VERMILION, WHITE, Path_, in_own_style, save_png

Array = np.ndarray[Any, Any]
# for each case a title, and the part of the line to draw
_PANELS = {
    "far": ("P = N(0, 1), G = N(2, 1)", (-4.0, 6.0)),
    "modes": ("two modes, G(h) = h + h³/5", (-6.0, 6.0)),
}


@in_own_style
def theory_figure(trained: Sequence[TrainedDiscriminator], path: Path_) -> None:
    """Write D*, a trained D and both densities: a column for each trained discriminator."""
    drawn = Figure(figsize=(11, 6.6), dpi=150, layout="constrained", facecolor=WHITE)
    FigureCanvasAgg(drawn)
    columns = np.array(drawn.subplots(2, len(trained), sharex="col", sharey="row")).T
    for column, found in zip(columns, trained, strict=True):
        title, span = _PANELS[found.case.name]
        _draw(column, found.case, found.logit, np.linspace(*span, 801))
        title += f"\n{_equation(found.loss)}"
        column[0].set_title(title, fontsize=11.5, color=INK, loc="left")
    columns[0, 0].set_ylabel("D(x), probability that x is data", fontsize=11, color=INK)
    columns[0, 1].set_ylabel("density", fontsize=11, color=INK)
    for axes in columns[0]:
        axes.legend(frameon=False, fontsize=10)
    save_png(drawn, path)


def _equation(loss: Loss) -> str:
    """Return the loss as the sum of its parts."""
    return f"loss {loss.loss:.4f} = (2 ln 2 − 2 JSD) {loss.floor:.4f} + regret {loss.regret:.4f}"


def _draw(column: Array, case: Case, logit: Function, x: Array) -> None:
    """Draw D* and D in the upper panel, and the densities in the lower one."""
    above, below = column
    best = optimal_logit(case.P, case.G)(x)
    above.axhline(0.5, color="#E5E5E5", lw=0.8)
    above.plot(
        x, 1 / (1 + np.exp(-logit(x))), color=GREEN, lw=3, alpha=0.75, label="D, trained on samples"
    )
    above.plot(
        x, 1 / (1 + np.exp(-best)), color=INK, lw=1.5, ls=(0, (4, 3)), label="D* = p/(p + g)"
    )
    above.set_ylim(-0.03, 1.03)
    for part, color, label in ((case.P, BLUE, "p, the data"), (case.G, VERMILION, "g, the model")):
        below.fill_between(x, part.density(x), color=color, alpha=0.25, lw=0)
        below.plot(x, part.density(x), color=color, lw=1.8, label=label)
    below.set_ylim(bottom=0)
    below.set_xlabel("x", fontsize=11, color=INK)
    for axes in column:
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=10, colors=INK)
        axes.margins(x=0)
