"""The same h before every decoder: the G of GANs, and the decoders of auto-encoders used as
generators.

G has seen nothing but N(0, I). An auto-encoder never asks where its h lie, so N(0, I) misses them;
a variational one pulls them there. Beside that, each auto-encoder's decoder is given h ~ N(m, C),
with mean and covariance of its own h of training images: what is better then was the prior's fault,
and what is still wrong is not.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from minigan import datasets, metrics, nn
from minigan.metrics import Finding
from minigan.metrics.frechet_distances import root
from minigan.models import Classifier, outputs
from minigan.runs.autoencoder import AutoencoderTask
from minigan.runs.directory import RunError
from minigan.runs.gan import GANTask
from minigan.runs.task import Array
from minigan.studies.evaluation import judge_of, require_enough
from minigan.threads import matmul

_MOST = 100  # classes that a judge can learn; stacks of three digits have 1000
_SHOWN = ("kid", "mmd2", "p_value", "frechet", "one_nn", "precision", "recall")
_WORDS = {"kid": "KID", "mmd2": "MMD^2", "p_value": "p", "frechet": "Frechet", "one_nn": "1-NN"}


class Drawn(NamedTuple):
    """What one decoder makes of h: images (N, C, H, W) in [-1, 1], and how far they are from real
    ones.
    """

    name: str  # of model and prior
    images: Array
    findings: list[Finding]


class Codes(NamedTuple):
    """Where h (N, latent) of N images lie; of N(0, I) the means and correlations are near 0, the
    deviations near 1.
    """

    mean: float  # root of the mean square, over the numbers of h
    least_std: float
    most_std: float
    correlation: float  # root of the mean square, over pairs of numbers of h

    @classmethod
    def of(cls, h: Array) -> Codes:
        """Of h (N, latent). A number that is constant correlates with none.

        >>> Codes.of(np.array([[1.0, 0], [3, 0], [5, 0]])).most_std
        2.0
        """
        mean, covariance = _moments(h)
        std = np.sqrt(covariance.diagonal())
        pairs = ~np.eye(len(std), dtype=bool)
        products = np.outer(std, std)[pairs]
        correlations = np.divide(
            covariance[pairs], products, out=np.zeros_like(products), where=products > 0
        )
        square = float((correlations**2).mean()) if correlations.size else 0.0
        return cls(
            float(np.sqrt((mean**2).mean())),
            float(std.min()),
            float(std.max()),
            float(np.sqrt(square)),
        )


@dataclass(frozen=True)
class Comparison:
    """Held-out images (N, C, H, W) in [-1, 1], what every decoder made of the same h, and where
    encoders put images.
    """

    images: Array
    drawn: list[Drawn]
    codes: list[tuple[str, Codes]]  # names and moments, first of N(0, I) itself

    def __str__(self) -> str:
        shown = [
            [finding for finding in drawn.findings if finding.name in _SHOWN]
            for drawn in self.drawn
        ]
        rows = [
            (
                "against training images",
                [_WORDS.get(finding.name, finding.name) for finding in shown[0]],
            ),
            ("held-out images", [f"{finding.real:{finding.form}}" for finding in shown[0]]),
        ]
        for drawn, findings in zip(self.drawn, shown, strict=True):
            rows.append(
                (drawn.name, [f"{finding.generated:{finding.form}}" for finding in findings])
            )
        if len(self.codes) > 1:
            rows += [("", []), ("h of held-out images", ["mean", "least std", "most std", "corr."])]
            rows += [(name, [f"{number:.3f}" for number in codes]) for name, codes in self.codes]
        width = max(len(name) for name, _ in rows)
        return "\n".join(
            f"{name:{width}}{''.join(f'{cell:>11}' for cell in cells)}".rstrip()
            for name, cells in rows
        )


def compare(
    runs: Sequence[tuple[str | os.PathLike[str], GANTask | AutoencoderTask]], seed: int = 0
) -> Comparison:
    """Give the same h ~ N(0, I), cut to the latent size of each, to the decoders of runs, each with
    its name.

    As many images as are held out, a fifth of the data, all in the largest size that a run draws.
    Where there are labels, of at most 100 classes, a judge's features are compared, otherwise
    pixels. A GAN that plays with latent_std S is given S h, and the h of its encoder, if it has
    one, are divided by S. RunError for no runs, other data than the first run's, points, too few
    images, and a conditional G.
    """
    if not runs:
        raise RunError("no runs: there is nothing to compare")
    tasks = [(os.path.basename(os.path.normpath(path)), task) for path, task in runs]
    data = _common(tasks)
    train, test = datasets.split(data)
    judge = None if train.labels is None or train.labels.max() >= _MOST else judge_of(train, seed)
    rng = np.random.default_rng(seed)
    h = rng.standard_normal((len(test), max(task.config.latent for _, task in tasks)), np.float32)
    known, real = train.scaled()[: len(test)], test.scaled()
    drawn, codes = [], [(f"N(0, I), {len(test)} h", Codes.of(h))]
    for name, task in tasks:
        here = h[:, : task.config.latent]
        priors = {"N(0, I)": here}
        if isinstance(task, AutoencoderTask):
            priors["N(m, C)"] = moved(here, *_moments(_codes(task, task.train, rng)))
            codes.append((f"{name}: {_kind(task)}", Codes.of(_codes(task, task.test, rng))))
        elif task.game.encoder is not None:
            found = outputs(task.game.encoder, real) / task.config.latent_std
            codes.append((f"{name}: {_kind(task)}", Codes.of(found)))
        for prior, given in priors.items():
            images = _decoded(task, given, data.shape[1])
            findings = _findings(judge, known, real, images, seed)
            drawn.append(Drawn(f"{name}: {_kind(task)}, h ~ {prior}", images, findings))
    return Comparison(real, drawn, codes)


def moved(h: Array, mean: Array, covariance: Array) -> Array:
    """Vectors h (N, D) of N(0, I), moved as little as possible (C^(1/2) h + m) to be of N(mean,
    covariance).

    >>> moved(np.array([[1.0, -1.0]]), np.array([5.0, 0.0]), np.diag([4.0, 9.0])).tolist()
    [[7.0, -3.0]]
    """
    there: Array = (matmul(h.astype(np.float64), root(covariance)) + mean).astype(h.dtype)
    return there


def _moments(h: Array) -> tuple[Array, Array]:
    """Mean (D,) and covariance (D, D) of h (N, D), in float64."""
    mean = h.mean(axis=0, dtype=np.float64)
    centred = h - mean
    return mean, matmul(centred.T, centred) / (len(h) - 1)


def _common(tasks: list[tuple[str, GANTask | AutoencoderTask]]) -> datasets.Dataset:
    """The images that all runs learned from, in the largest size that one of them draws."""
    found: list[tuple[str, datasets.Dataset]] = []
    for name, task in tasks:
        if not isinstance(task.data, datasets.Dataset):
            raise RunError(
                f"{name}: draws points of {task.data.name}, and only images are compared"
            )
        if isinstance(task, GANTask) and task.classes:
            raise RunError(
                f"{name}: a conditional G takes a class beside h, and the same h alone is to be "
                "compared"
            )
        found.append((name, task.data))
    size = max(data.shape[1] for _, data in found)
    (first, data), *others = [(name, data.resized(size)) for name, data in found]
    for name, other in others:
        if not np.array_equal(other.images, data.images):
            raise RunError(
                f"{name}: has learned from {other.name}, {first} from {data.name} (legal: the "
                "same data)"
            )
    require_enough(data)
    return data


def _kind(task: GANTask | AutoencoderTask) -> str:
    c = task.config
    if isinstance(task, GANTask):
        return f"{'BiGAN' if c.bigan else 'GAN'} {c.latent}"
    return f"{'VAE' if c.variational else 'AE'} {c.latent}"


def _codes(task: AutoencoderTask, images: Array, rng: np.random.Generator) -> Array:
    """The h (N, latent) of images (N, C, H, W) in [0, 1], as the decoder met them when it learned:
    drawn, in a VAE.
    """
    mean, head = task.encode(images), task.model.log_variance
    if head is None:
        return mean
    log_variance = outputs(nn.Sequential(*task.model.encoder[:-1], head), images)
    return rng.standard_normal(mean.shape, np.float32) * np.exp(log_variance / 2) + mean


def _decoded(task: GANTask | AutoencoderTask, h: Array, size: int) -> Array:
    """The images (N, C, size, size) in [-1, 1] of h (N, latent)."""
    if isinstance(task, GANTask):
        drawn, low = outputs(task.generator, task.config.latent_std * h), -1.0
    else:
        drawn, low = task.decode(h), 0.0
    return datasets.Dataset("drawn", drawn, None, low, 1).resized(size).scaled()


def _findings(
    judge: Classifier | None, known: Array, real: Array, images: Array, seed: int
) -> list[Finding]:
    sets = [known[: len(real)], real, images]
    if judge is not None:
        sets = [metrics.features(judge, part) for part in sets]
    return list(metrics.compare(*sets, features=judge is not None, generator=seed))
