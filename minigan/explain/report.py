"""report.html: the page of the training explorer, with the recording of a finished run."""

from __future__ import annotations

from minigan.explain.explorers import page
from minigan.files import replacing
from minigan.runs import AutoencoderTask, GANTask, Run


def write_report(run: Run, task: GANTask | AutoencoderTask) -> None:
    """Write report.html of a GAN on toy data into the directory of its run; of others nothing.

    The page needs no network and no other file. Raises OSError if it cannot be written.
    """
    if task.kind == "gan" and task.recorder is not None and task.recorder.records:
        with replacing(run.path / "report.html") as file:
            file.write_text(page("training", data=(run, task)), encoding="utf-8")
