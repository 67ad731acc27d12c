"""The platforms' published rules for result files, restated; each function lists what breaks them.

Gradescope: https://gradescope-autograders.readthedocs.io/en/latest/specs/; Classroom 50: the schema
classroom50/result/v1.
"""

from __future__ import annotations

import re
from typing import Any

_VISIBILITY = ("hidden", "after_due_date", "after_published", "visible")
_FORMATS = ("text", "html", "simple_format", "md", "ansi")
_FIELDS = {
    "schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit",
    "release", "review", "datetime", "score", "max-score", "tests",
}  # fmt: skip


def gradescope(data: Any) -> list[str]:
    """Return what is wrong with a results.json."""
    if not isinstance(data, dict) or not isinstance(data.get("tests"), list):
        return ["results.json: `tests` must be a list"]
    found = []
    if "score" in data:
        found.append("results.json: a score at the top would replace that of the tests")
    if not isinstance(data.get("execution_time", 0), int):
        found.append("results.json: execution_time must be whole seconds")
    if data.get("stdout_visibility", "hidden") not in _VISIBILITY:
        found.append("results.json: stdout_visibility is unknown")
    for test in data["tests"]:
        name = test.get("name", "?")
        if not (_number(test.get("score")) and _number(test.get("max_score"))):
            found.append(f"results.json: {name}: score and max_score must be numbers")
        elif not 0 <= test["score"] <= test["max_score"]:
            found.append(f"results.json: {name}: the score must be between 0 and max_score")
        if test.get("visibility", "visible") not in _VISIBILITY:
            found.append(f"results.json: {name}: visibility is unknown")
        if test.get("output_format", "text") not in _FORMATS:
            found.append(f"results.json: {name}: output_format is unknown")
        if test.get("status", "passed") not in ("passed", "failed"):
            found.append(f"results.json: {name}: status must be passed or failed")
        if not isinstance(test.get("number", ""), str):
            found.append(f"results.json: {name}: number must be a text")
    return found


def classroom50(data: Any) -> list[str]:
    """Return what is wrong with a result.json."""
    if not isinstance(data, dict):
        return ["result.json: must be an object"]
    found = [f"result.json: {name} is missing" for name in sorted(_FIELDS - set(data))]
    extra = set(data) - _FIELDS - {"graded_at", "submitted_by"}
    found += [f"result.json: {name} is not in the schema" for name in sorted(extra)]
    if found:
        return found
    if data["schema"] != "classroom50/result/v1" or not data["submission"].startswith("submit/"):
        found.append("result.json: schema or submission is wrong")
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", data["datetime"]):
        found.append("result.json: datetime must be like 2026-01-31T12:00:00Z")
    for name in ("classroom", "assignment", "owner", "commit", "release", "review"):
        if not (isinstance(data[name], str) and data[name]):
            found.append(f"result.json: {name} must be a text")
    for test in [data, *data["tests"]]:
        score, most = test.get("score"), test.get("max-score")
        if type(score) is not int or type(most) is not int or not 0 <= score <= most:
            found.append("result.json: scores must be whole and between 0 and max-score")
    for test in data["tests"]:
        if not (isinstance(test.get("test-name"), str) and type(test.get("passed")) is bool):
            found.append("result.json: a test needs test-name and passed")
    return found


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
