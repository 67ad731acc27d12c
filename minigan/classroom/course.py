"""A class: many submissions, on several processes, with a report each.

A submission that has a report in the folder of results is not run again, so a run that was killed
continues where it stopped. For more than one machine, `shard=(i, n)` grades every n-th submission,
and leaves a note of its reports there for `merging`; or `scheduler` is the address of a Dask
scheduler, whose workers grade.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from minigan.classroom import messages, submissions
from minigan.classroom.assignments import assignment
from minigan.classroom.grading import Grader
from minigan.classroom.model import Assignment
from minigan.classroom.report import PartReport, Report, dumps
from minigan.classroom.submissions import Submission
from minigan.classroom.verdicts import Settings
from minigan.files import replacing
from minigan.jobs import JobError, WorkerDied, each
from minigan.shards import Shard, write_note


@dataclass(frozen=True)
class Course:
    """Submissions of one assignment and how they are graded; `out` is the folder of results."""

    assignment: Assignment
    files: Sequence[Path]
    settings: Settings
    student: str | None = None
    out: Path | None = None
    jobs: int = 1
    shard: tuple[int, int] = (1, 1)
    scheduler: str | None = None  # by default processes of this machine

    def submissions(self) -> list[Submission]:
        """Return the submissions of this shard. Raises SubmissionError if a file is missing."""
        return Shard(*self.shard).part(self._all())

    def _all(self) -> list[Submission]:
        """Return the submissions of the whole class."""
        return [submissions.read(path, self.student) for path in self.files]

    def grade(self) -> Iterator[Report]:
        """Yield the report of each submission of this shard, in the order of the files.

        Raises SubmissionError if a file is missing, and JobError if the scheduler does not answer.
        """
        all, shard = self._all(), Shard(*self.shard)
        found, places = shard.part(all), shard.part(self.places(all))
        if self.out is not None:
            self._mark(self.out)
        known = {i: report for i, place in enumerate(places) if (report := self._known(place))}
        missing = [i for i in range(len(found)) if i not in known]
        fresh = self._graded([found[i] for i in missing])
        for i, submission in enumerate(found):
            while i not in known:  # they are kept as they come, which may be in another order
                number, report = next(fresh)
                known[missing[number]] = report
                self._keep(places[missing[number]], report)
            yield replace(known[i], file=str(submission.path))
        if self.out is not None and shard.total > 1:
            self._note(self.out, all, [place[1].name for place in places if place])

    # ------------------------------------------------------------------------------------- reports

    def places(self, found: Sequence[Submission]) -> list[tuple[Path, Path] | None]:
        """Return each submission's file and that of its report; None where nothing is kept."""
        if self.out is None:
            return [None] * len(found)
        seen: dict[str, int] = {}
        places: list[tuple[Path, Path] | None] = []
        for submission in found:
            name = re.sub(r"[^\w.-]", "_", submission.student).strip(".") or "_"
            seen[name.lower()] = number = seen.get(name.lower(), 0) + 1
            stem = name if number == 1 else f"{name}-{number}"
            places.append((submission.path, self.out / f"{stem}.json"))
        return places

    def _mark(self, out: Path) -> None:
        """Note how submissions are graded: reports with other settings are out of date."""
        mark, kept = _digest(self.assignment.id, self.settings), out / ".settings"
        if kept.exists() and kept.read_text(encoding="utf-8") == mark:
            return
        out.mkdir(parents=True, exist_ok=True)
        with replacing(kept) as file:
            file.write_text(mark, encoding="utf-8")

    def _known(self, place: tuple[Path, Path] | None) -> Report | None:
        """Return the report of an earlier run, unless the submission is newer."""
        if place is None:
            return None
        path, kept = place
        try:
            newest = max(path.stat().st_mtime_ns, (kept.parent / ".settings").stat().st_mtime_ns)
            if kept.stat().st_mtime_ns < newest:
                return None
            return Report.read(json.loads(kept.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None

    def _keep(self, place: tuple[Path, Path] | None, report: Report) -> None:
        if place is None:
            return
        place[1].parent.mkdir(parents=True, exist_ok=True)
        with replacing(place[1]) as file:
            file.write_text(dumps(report.json()) + "\n", encoding="utf-8")

    def _note(self, out: Path, all: Sequence[Submission], names: Sequence[str]) -> None:
        """Note which reports this shard has, and of which class."""
        shard, files = Shard(*self.shard), [str(submission.path) for submission in all]
        students = [submission.student for submission in all]
        plan = {
            "assignment": self.assignment.id,
            "language": self.settings.language,
            "class": _digest(self.assignment.id, self.settings, files, students),
        }
        write_note(out, shard, plan, list(zip(names, shard.part(files), strict=True)))

    # ------------------------------------------------------------------------------------- grading

    def _graded(self, found: Sequence[Submission]) -> Iterator[tuple[int, Report]]:
        """Yield the number and the report of each submission, as they come.

        If the process that grades a submission dies, even in a second try, the submission gets a
        report that says so, and the class goes on.
        """
        if self.scheduler is None and (self.jobs == 1 or len(found) < 2):
            with Grader(self.assignment, self.settings) as grader:
                for number, submission in enumerate(found):
                    yield number, _one(grader, submission)
            return
        work = partial(_elsewhere, self.assignment.id, self.settings)
        for number, report, error in each(work, found, self.jobs, self.scheduler):
            if isinstance(error, WorkerDied):
                report = _failed(self.assignment, self.settings, found[number])
            elif error is not None:
                raise JobError(f"{found[number].path}: {type(error).__name__}: {error}") from error
            yield number, report


def _digest(*values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()


_here = threading.local()  # the grader of this thread, and what it is for


def _elsewhere(id: str, settings: Settings, submission: Submission) -> Report:
    """Return the report of a submission from a grader that this thread keeps for the next one."""
    if getattr(_here, "key", None) != (id, settings):
        if hasattr(_here, "grader"):
            _here.grader.close()
        _here.key, _here.grader = (id, settings), Grader(assignment(id), settings)
    return _one(_here.grader, submission)


def _one(grader: Grader, submission: Submission) -> Report:
    """Return the report of a submission; an error of the grader itself is a report, too."""
    try:
        return grader.grade(submission)
    except Exception as error:
        grader.close()
        return _failed(grader.assignment, grader.settings, submission, error)


def _failed(
    assignment: Assignment,
    settings: Settings,
    submission: Submission,
    error: BaseException | None = None,
) -> Report:
    """Return a report without points, because the grader failed."""
    why = "" if error is None else f"{type(error).__name__}: {error}"[:200]
    text = messages.say("grader-failed", settings.language, why=why)
    parts = []
    for part in assignment.parts:
        title = assignment.text(settings.language, "parts", part.id, "title")
        status = "manual" if part.manual else "error"
        parts.append(PartReport(part.id, title, 0, part.points, part.visible, status, text))
    names = submission.path, submission.student
    return Report(
        assignment.id, str(names[0]), names[1], 0, assignment.max, assignment.manual, parts
    )
