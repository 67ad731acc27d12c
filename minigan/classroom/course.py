"""A class: many submissions, on several processes, with a report each.

A submission that has a report in the folder of results is not run again, so a run that was killed
continues where it stopped. For more than one machine, `shard=(i, n)` grades every n-th submission.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import dataclass, replace
from pathlib import Path

from minigan.classroom import messages, submissions
from minigan.classroom.assignments import assignment
from minigan.classroom.grading import Grader
from minigan.classroom.model import Assignment
from minigan.classroom.report import PartReport, Report, dumps
from minigan.classroom.submissions import Submission
from minigan.classroom.verdicts import Settings
from minigan.files import replacing


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

    def submissions(self) -> list[Submission]:
        """Return the submissions of this shard. Raises SubmissionError if a file is missing."""
        found = [submissions.read(path, self.student) for path in self.files]
        number, count = self.shard
        return found[number - 1 :: count]

    def grade(self) -> Iterator[Report]:
        """Yield the report of each submission of this shard, in the order of the files."""
        found = self.submissions()
        places = self.places(found)
        if self.out is not None:
            self._mark(self.out)
        known = {i: report for i, place in enumerate(places) if (report := self._known(place))}
        missing = [i for i in range(len(found)) if i not in known]
        fresh = zip(missing, self._graded([found[i] for i in missing]), strict=True)
        for i, submission in enumerate(found):
            if i not in known:
                _, report = next(fresh)
                known[i] = report
                self._keep(places[i], report)
            yield replace(known[i], file=str(submission.path))

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
        mark = hashlib.sha256(repr((self.assignment.id, self.settings)).encode()).hexdigest()
        kept = out / ".settings"
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
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _keep(self, place: tuple[Path, Path] | None, report: Report) -> None:
        if place is None:
            return
        place[1].parent.mkdir(parents=True, exist_ok=True)
        with replacing(place[1]) as file:
            file.write_text(dumps(report.json()) + "\n", encoding="utf-8")

    # ------------------------------------------------------------------------------------- grading

    def _graded(self, found: Sequence[Submission]) -> Iterator[Report]:
        if self.jobs == 1 or len(found) < 2:
            with Grader(self.assignment, self.settings) as grader:
                for submission in found:
                    yield _one(grader, submission)
        else:
            yield from self._in_parallel(found)

    def _in_parallel(self, found: Sequence[Submission]) -> Iterator[Report]:
        """Yield reports from several processes.

        If one of them dies, the next submission is graded by itself; if that ends its process
        again, it gets a report that says so, and the class goes on.
        """
        done = 0
        while done < len(found):
            try:
                with self._pool(self.jobs) as pool:
                    for future in [pool.submit(_in_worker, s) for s in found[done:]]:
                        yield future.result()
                        done += 1
            except BrokenExecutor:
                yield self._alone(found[done])
                done += 1

    def _alone(self, submission: Submission) -> Report:
        try:
            with self._pool(1) as pool:
                return pool.submit(_in_worker, submission).result()
        except BrokenExecutor:
            return _failed(self.assignment, self.settings, submission)

    def _pool(self, jobs: int) -> Executor:
        import multiprocessing  # in a browser there is none
        from concurrent.futures import ProcessPoolExecutor

        return ProcessPoolExecutor(
            jobs,
            multiprocessing.get_context("spawn"),
            _begin,
            (self.assignment.id, self.settings),
        )


_grader: Grader | None = None


def _begin(id: str, settings: Settings) -> None:
    """Prepare a worker."""
    global _grader
    _grader = Grader(assignment(id), settings)


def _in_worker(submission: Submission) -> Report:
    assert _grader is not None
    return _one(_grader, submission)


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
