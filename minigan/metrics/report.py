"""Each measure of generated samples beside the same measure of real samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from minigan.backend import Seed, as_generator
from minigan.metrics.distances import Array
from minigan.metrics.frechet_distances import frechet_distance
from minigan.metrics.judge import CONFIDENT, Verdict
from minigan.metrics.kernel import kid, mmd
from minigan.metrics.modes import Modes
from minigan.metrics.neighbours import one_nn, precision_recall
from minigan.metrics.sliced import sliced_wasserstein

_TEXT, _CELL, _BETTER = 40, 10, 19  # letters in a column
# which way a generated figure is better; a real figure shows what is possible
LOWER, HIGHER, REAL = "lower is better", "higher is better", "near the real one"


class Finding(NamedTuple):
    """A measure of real and of generated samples, None where it is not defined.

    `name` is the key in files, `text` the label of the row, `form` the format of the numbers, and
    `better` says in words which generated figure is better.

    >>> print(Finding("recall", "recall", 0.98, None, ".0%", "higher is better"))
    recall                                         98%         -   higher is better
    """

    name: str
    text: str
    real: float | None
    generated: float | None
    form: str
    better: str = ""

    def __str__(self) -> str:
        cells = [f"{_cell(v, self.form):>{_CELL}}" for v in (self.real, self.generated)]
        return f"{self.text:{_TEXT}}{''.join(cells)}{self.better:>{_BETTER}}".rstrip()


def _cell(value: float | None, form: str) -> str:
    """Return the text of a number, and - for None."""
    return "-" if value is None else f"{value:{form}}"


HEAD = f"{'':{_TEXT}}{'real':>{_CELL}}{'generated':>{_CELL}}{'better':>{_BETTER}}"
"""The head of a table of Findings."""


def of_modes(
    real: Modes, generated: Modes, high_quality: str = "high quality: within 3 sigma"
) -> Iterator[Finding]:
    """Yield the findings of the modes of real and generated samples.

    `high_quality` is the label of the fraction of samples of high quality.
    """

    def both(name: str, text: str, form: str, better: str) -> Finding:
        return Finding(name, text, getattr(real, name), getattr(generated, name), form, better)

    yield both("modes", f"modes reached, of {len(real.counts)}", "d", HIGHER)
    yield both("high_quality", high_quality, ".2%", REAL)
    if real.spread is not None:
        yield both("spread", "standard deviation within modes / sigma", ".3f", REAL)
    chance = f"(by chance {generated.floor:.4f})"
    yield both("reverse_kl", f"reverse KL of counts {chance}", ".4f", LOWER)
    yield both("jsd", "JSD of mode counts, not of densities", ".4f", LOWER)


def of_verdicts(real: Verdict, generated: Verdict) -> Iterator[Finding]:
    """Yield the findings of a judge for real and generated images."""
    for name, text, form, better in (
        ("confident", f"a class with probability > {CONFIDENT}", ".1%", REAL),
        ("classes", "classes that occur", "d", HIGHER),
        ("total_variation", "classes: total variation from even", ".3f", REAL),
        ("variance", "variance within classes, per pixel", ".4f", REAL),
        ("distance", "distance to the nearest training image", ".2f", REAL),
        ("distinct", "distinct images", ".1%", HIGHER),
        ("accuracy", "accuracy of the judge", ".1%", "of the judge only"),
    ):
        yield Finding(name, text, getattr(real, name), getattr(generated, name), form, better)


def compare(
    reference: Array,
    real: Array,
    generated: Array,
    *,
    features: bool = False,
    generator: Seed = None,
) -> Iterator[Finding]:
    """Yield the distances of real and of generated samples from other real ones, `reference`.

    All three sets are (N, ...). With `features` the samples are features of a model: then KID takes
    the place of MMD, and the Frechet distance is added. Raises ValueError as the metrics do.

    >>> import numpy as np
    >>> points = np.arange(30.0).reshape(3, 10, 1)
    >>> print(next(compare(*points, generator=0)))
    MMD^2, Gaussian kernel of median width    9.54e-01  1.25e+00    lower is better
    """
    chance, directions = (int(seed) for seed in as_generator(generator).integers(2**32, size=2))

    def both(metric: Callable[..., Any], **options: Any) -> tuple[Any, Any]:
        return metric(reference, real, **options), metric(reference, generated, **options)

    name, text = (
        ("kid", "KID: MMD^2 of features")
        if features
        else ("mmd2", "MMD^2, Gaussian kernel of median width")
    )
    a, b = both(kid if features else mmd, generator=chance)
    yield Finding(name, text, a.mmd2, b.mmd2, ".2e", LOWER)
    text = "  its p-value, by shuffling the sets"
    yield Finding("p_value", text, a.p_value, b.p_value, ".3f", HIGHER)
    if features:
        a, b = both(frechet_distance)
        yield Finding("frechet", "Frechet distance of features, squared", a, b, ".3f", LOWER)
    a, b = both(one_nn)
    text = "1-NN accuracy (0.5: cannot tell apart)"
    yield Finding("one_nn", text, a.accuracy, b.accuracy, ".3f", "near 0.5")
    a, b = both(sliced_wasserstein, generator=directions)
    yield Finding("sliced_wasserstein", "sliced Wasserstein distance", a, b, ".4f", LOWER)
    a, b = both(precision_recall)
    text = "precision: generated among real, k = 3"
    yield Finding("precision", text, a.precision, b.precision, ".3f", HIGHER)
    text = "recall: real among generated, k = 3"
    yield Finding("recall", text, a.recall, b.recall, ".3f", HIGHER)
