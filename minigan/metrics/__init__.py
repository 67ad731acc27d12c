"""Measures of how good samples are. Each is also computed for real data, for comparison."""

from minigan.metrics.distances import nearest
from minigan.metrics.frechet_distances import frechet, frechet_distance
from minigan.metrics.jsd_bound import JSDBound
from minigan.metrics.judge import (
    Verdict,
    classify,
    features,
    judge_epochs,
    train_judge,
    verdict,
)
from minigan.metrics.kernel import KernelTest, kid, mmd
from minigan.metrics.modes import Modes, count_modes, count_stacked
from minigan.metrics.neighbours import OneNN, PrecisionRecall, one_nn, precision_recall
from minigan.metrics.report import HEAD, Finding, compare, of_modes, of_verdicts
from minigan.metrics.sliced import sliced_wasserstein

__all__ = [
    "Modes",
    "count_modes",
    "count_stacked",
    "JSDBound",
    "KernelTest",
    "mmd",
    "kid",
    "OneNN",
    "one_nn",
    "PrecisionRecall",
    "precision_recall",
    "sliced_wasserstein",
    "frechet",
    "frechet_distance",
    "nearest",
    "Verdict",
    "verdict",
    "classify",
    "features",
    "judge_epochs",
    "train_judge",
    "Finding",
    "HEAD",
    "compare",
    "of_modes",
    "of_verdicts",
]
