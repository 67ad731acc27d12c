"""Commands of minigan in copies of a process that has imported it already.

To start Python and import NumPy, minigan and matplotlib takes most of the time of a small command.
`Commands` starts one process, which imports them, and forks it for each command. The copy runs
`__main__` as `python -m minigan` does, and ends as Python ends. The environment and the options
of Python are those of the one process, so make another one for other variables.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

READY = "minigan.cli", "minigan.viz", "minigan.explain", "matplotlib.backends.backend_agg"


class Commands:
    """Runs commands in an environment; `close` it, or use it in a `with` statement."""

    def __init__(self, options=("-W", "error"), **variables):
        requests, self._requests = os.pipe()
        answers, theirs = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, *options, __file__, str(requests), str(theirs)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,  # as in a command whose output is captured
            stderr=subprocess.PIPE,
            env={**os.environ, **variables},
            pass_fds=[requests, theirs],
        )
        os.close(requests)
        os.close(theirs)
        self._answers = os.fdopen(answers, "rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End the process."""
        os.close(self._requests)
        self._answers.close()
        self._process.communicate()

    def run(self, words, folder):
        """Return the CompletedProcess of `minigan WORDS` in a folder, with its output in bytes."""
        words = [word if isinstance(word, bytes) else os.fsencode(str(word)) for word in words]
        with tempfile.TemporaryDirectory() as scratch:
            files = [os.path.join(scratch, name) for name in ("out", "errors")]
            request = [os.fsencode(name).hex() for name in (folder, *files, *words)]
            os.write(self._requests, json.dumps(request).encode() + b"\n")
            code = int(self._answers.readline())
            found = [Path(file).read_bytes() for file in files]
        return subprocess.CompletedProcess(words, code, *found)


class Started:
    """The same where processes cannot be forked: each command starts Python."""

    def __init__(self, options=("-W", "error"), **variables):
        self._command = [sys.executable, *options, "-m", "minigan"]
        self._environment = {**os.environ, **variables}

    def run(self, words, folder):
        """Return the CompletedProcess of `minigan WORDS` in a folder, with its output in bytes."""
        command = [*self._command, *map(str, words)]
        return subprocess.run(command, cwd=folder, env=self._environment, capture_output=True)


@cache
def shared():
    """Return the commands in the environment of the tests; their process ends with the tests."""
    if not hasattr(os, "fork"):
        return Started()
    found = Commands()
    atexit.register(found.close)
    return found


def serve(requests, answers):
    """Fork a copy for each request; return the words of the command in a copy."""
    for name in READY:
        __import__(name)
    with os.fdopen(requests, "rb") as lines:
        for line in lines:
            folder, out, errors, *words = map(bytes.fromhex, json.loads(line))
            child = os.fork()
            if not child:
                os.close(answers)
                os.chdir(folder)
                for path, handle in ((out, 1), (errors, 2)):
                    os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), handle)
                return [os.fsdecode(word) for word in words]
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            os.write(answers, b"%d\n" % code)
    os._exit(0)


if __name__ == "__main__":
    import runpy

    words = serve(*map(int, sys.argv[1:]))
    sys.path[0] = os.getcwd()
    sys.argv[1:] = words
    sys.orig_argv = [sys.executable, "-m", "minigan", *words]
    for name in ("minigan.__main__", "commands"):
        sys.modules.pop(name, None)
    runpy.run_module("minigan", run_name="__main__", alter_sys=True)
