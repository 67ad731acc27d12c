"""How good are the samples? Always with the figures of real data beside them."""

from minigan.metrics.digits import Verdict, judge_digits, report, train_judge

__all__ = [
    "Verdict",
    "judge_digits",
    "report",
    "train_judge",
]
