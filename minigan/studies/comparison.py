"""Compare decoders: the G of GANs and the decoders of auto-encoders receive the same h.

G is trained on h ~ N(0, I). An auto-encoder does not control where its h lie, so h ~ N(0, I) misses
them; a variational auto-encoder moves them towards N(0, I). Therefore each auto-encoder's decoder
also receives h ~ N(m, C), with the mean and covariance of its own h of training images. Errors that
disappear there come from the prior N(0, I); errors that remain come from the decoder.
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

_MOST_CLASSES = 100  # of data on which a judge is trained; stacks of three digits have 1000
_SHOWN = ("kid", "mmd2", "p_value", "frechet", "one_nn", "precision", "recall")
_WORDS = {"kid": "KID", "mmd2": "MMD^2", "p_value": "p", "frechet": "Frechet", "one_nn": "1-NN"}


class Drawn(NamedTuple):
    """Images (N, C, H, W) in [-1, 1] that one decoder draws, and their distances from real ones."""

    name: str  # of the model and of the prior
    images: Array
    findings: list[Finding]


class Codes(NamedTuple):
    """Moments of h (N, latent) of N images.

    For N(0, I) the mean and the correlation are near 0, and the standard deviations near 1.
    """

    mean: float  # the root mean square over the numbers of h
    least_std: float
    most_std: float
    correlation: float  # the root mean square over the pairs of numbers of h

    @classmethod
    def of(cls, h: Array) -> Codes:
        """Return the moments of h (N, latent); the correlations of a constant number are 0.

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
    """Held-out images, what every decoder draws of the same h, and the moments of encoders' h."""

    images: Array  # (N, C, H, W) in [-1, 1]
    drawn: list[Drawn]
    codes: list[tuple[str, Codes]]  # names and moments; the first entry is N(0, I) itself

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
    """Return what the decoders of runs draw of the same h ~ N(0, I); a run is a path and a task.

    Each decoder receives as many numbers of h as its latent size. There are as many h as held-out
    images, a fifth of the data; all images have the largest size that a run draws. If the data have
    labels, of at most 100 classes, the features of a judge are compared, otherwise pixels. A GAN
    with latent_std S receives S h, and the h of its encoder are divided by S.

    Raises RunError for no runs, for runs of different data, for points, for fewer than 20 images,
    and for a conditional G.
    """
    if not runs:
        raise RunError("compare: no runs (legal: at least one)")
    tasks = [(os.path.basename(os.path.normpath(path)), task) for path, task in runs]
    data = _common(tasks)
    train, test = datasets.split(data)
    judge = (
        None if train.labels is None or train.class_count > _MOST_CLASSES else judge_of(train, seed)
    )
    rng = np.random.default_rng(seed)
    h = rng.standard_normal((len(test), max(task.config.latent for _, task in tasks)), np.float32)
    reference, real = train.scaled()[: len(test)], test.scaled()
    drawn, codes = [], [(f"N(0, I), {len(test)} h", Codes.of(h))]
    for name, task in tasks:
        title = f"{name}: {_model_name(task)}"
        priors = {"N(0, I)": h[:, : task.config.latent]}
        if task.kind == "autoencoder":
            moments = _moments(_codes(task, task.train, rng))
            priors["N(m, C)"] = moved(priors["N(0, I)"], *moments)
            codes.append((title, Codes.of(_codes(task, task.test, rng))))
        elif task.game.encoder is not None:
            found = outputs(task.game.encoder, real) / task.config.latent_std
            codes.append((title, Codes.of(found)))
        for prior, h_of_prior in priors.items():
            images = _decoded(task, h_of_prior, data.shape[1])
            findings = _findings(judge, reference, real, images, seed)
            drawn.append(Drawn(f"{title}, h ~ {prior}", images, findings))
    return Comparison(real, drawn, codes)


def moved(h: Array, mean: Array, covariance: Array) -> Array:
    """Return C^(1/2) h + m: vectors h (N, D) of N(0, I), moved to N(m, C).

    Of all linear maps to N(m, C) this one moves the vectors least.

    >>> moved(np.array([[1.0, -1.0]]), np.array([5.0, 0.0]), np.diag([4.0, 9.0])).tolist()
    [[7.0, -3.0]]
    """
    h_moved: Array = (matmul(h.astype(np.float64), root(covariance)) + mean).astype(h.dtype)
    return h_moved


def _moments(h: Array) -> tuple[Array, Array]:
    """Return the mean (D,) and the covariance (D, D) of h (N, D), in float64."""
    mean = h.mean(axis=0, dtype=np.float64)
    centred = h - mean
    return mean, matmul(centred.T, centred) / (len(h) - 1)


def _common(tasks: list[tuple[str, GANTask | AutoencoderTask]]) -> datasets.Dataset:
    """Return the images that all runs learned from, in the largest size that one of them draws."""
    found: list[tuple[str, datasets.Dataset]] = []
    for name, task in tasks:
        if task.data.kind == "points":
            raise RunError(
                f"{name}: draws points of {task.data.name}, and only images are compared"
            )
        if task.kind == "gan" and task.classes:
            raise RunError(
                f"{name}: a conditional G takes a class beside h, and decoders of h alone are "
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


def _model_name(task: GANTask | AutoencoderTask) -> str:
    """Return the kind of model and its latent size, as in "VAE 30"."""
    if task.kind == "gan":
        name = "BiGAN" if task.config.bigan else "GAN"
    else:
        name = "VAE" if task.config.variational else "AE"
    return f"{name} {task.config.latent}"


def _codes(task: AutoencoderTask, images: Array, rng: np.random.Generator) -> Array:
    """Return h (N, latent) of images (N, C, H, W) in [0, 1], as the decoder received them.

    In a VAE they are drawn from N(mean, variance) of each image.
    """
    mean, head = task.encode(images), task.model.log_variance
    if head is None:
        return mean
    log_variance = outputs(nn.Sequential(*task.model.encoder[:-1], head), images)
    return rng.standard_normal(mean.shape, np.float32) * np.exp(log_variance / 2) + mean


def _decoded(task: GANTask | AutoencoderTask, h: Array, size: int) -> Array:
    """Return the images (N, C, size, size) in [-1, 1] of h (N, latent)."""
    if task.kind == "gan":
        drawn, low = outputs(task.generator, task.config.latent_std * h), -1.0
    else:
        drawn, low = task.decode(h), 0.0
    return datasets.Dataset("drawn", drawn, None, low, 1).resized(size).scaled()


def _findings(
    judge: Classifier | None, reference: Array, real: Array, images: Array, seed: int
) -> list[Finding]:
    """Return the distances of real images, and of a decoder's images, from a reference set."""
    sets = [reference[: len(real)], real, images]
    if judge is not None:
        sets = [metrics.features(judge, part) for part in sets]
    return list(metrics.compare(*sets, features=judge is not None, generator=seed))
