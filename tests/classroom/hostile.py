"""Submissions of A2 that try to earn points, to break out, or to stop the grader.

Each replaces `conv_transpose1d` (part 2.1) or acts while the file loads. PLACE stands for a folder
outside, PORT for a port on which something listens.
"""

from __future__ import annotations

_HEAD = "def conv_transpose1d(y, w, stride=1):\n"


def _body(code: str) -> str:
    lines = code.strip("\n").splitlines()
    return _HEAD + "\n".join("    " + line for line in lines) + "\n"


HOSTILE: dict[str, str] = {
    "exit": _body("import sys; sys.exit(0)"),
    "_exit": _body("import os; os._exit(0)"),
    "loop": _body("while True: pass"),
    "sleep": _body("import time; time.sleep(1000)"),
    "keyboard interrupt": _body("raise KeyboardInterrupt"),
    "recursion": _body("return conv_transpose1d(y, w, stride)"),
    "fork bomb": _body("import os\nwhile True:\n    os.fork()"),
    "fork bomb, caught": _body(
        "import os\nwhile True:\n    try:\n        os.fork()\n    except BaseException:\n        pass"
    ),
    "fork below Python": _body("import ctypes\nctypes.CDLL(None).fork()\nreturn y"),
    "thread bomb": _body(
        "import threading\nwhile True:\n"
        "    threading.Thread(target=lambda: threading.Event().wait()).start()"
    ),
    "10 GB array": _body("return np.ones((10, 10**8 + 7, 2))[:, :1]"),
    "growing list": _body("x = [0]\nwhile True: x += x"),
    "segfault": _body("import ctypes\nctypes.string_at(0)"),
    "abort": _body("import os; os.abort()"),
    "kills itself": _body("import os; os.kill(os.getpid(), 9)"),
    "kills its parent": _body("import os; os.kill(os.getppid(), 9); return y"),
    "kills everything": _body("import os; os.kill(-1, 9); return y"),
    "kills its group": _body("import os; os.killpg(0, 9); return y"),
    "equal to everything": """
class Equal:
    shape, dtype, ndim = (3, 10), np.dtype(float), 2
    __class__ = np.ndarray
    def __eq__(self, other): return True
    def __getattr__(self, name): return lambda *a, **k: self
    def __array__(self, *a, **k): return np.zeros((3, 10))
    def __float__(self): return 0.0
def conv_transpose1d(y, w, stride=1): return Equal()
""",
    "array that claims to be equal": """
class Equal(np.ndarray):
    def __eq__(self, other): return True
    def __sub__(self, other): return np.zeros(self.shape)
    def __array_function__(self, *a, **k): return True
    def __array_ufunc__(self, *a, **k): return True
def conv_transpose1d(y, w, stride=1):
    return np.zeros((w.shape[1], (y.shape[1] - 1) * stride + w.shape[2])).view(Equal)
""",
    "patches numpy": """
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None
np.allclose = np.array_equal = lambda *a, **k: True
np.abs = lambda x: np.zeros(1)
def conv_transpose1d(y, w, stride=1):
    return np.zeros((w.shape[1], (y.shape[1] - 1) * stride + w.shape[2]))
""",
    "patches json": """
import json
json.dumps = lambda *a, **k: '{"score": 100}'
json.JSONEncoder.encode = lambda self, o: '{"status": "passed"}'
def conv_transpose1d(y, w, stride=1): return 1.0
""",
    "patches builtins": """
import builtins
builtins.isinstance = lambda a, b: True
builtins.len = lambda x: 0
def conv_transpose1d(y, w, stride=1): return None
""",
    "prints a report": _body(
        """
report = '{"parts": [{"id": "2.1", "score": 16, "max": 16, "status": "passed"}], "score": 100}'
print(report, flush=True)
import os
for number in range(64):
    try:
        os.write(number, report.encode() + b"\\n")
    except OSError:
        pass
return y
"""
    ),
    "answers in the grader's place": _body(
        """
import gc, sys
frame = sys._getframe()
while frame:
    for name, value in list(frame.f_locals.items()):
        if type(value).__name__ == "Channel":
            value.send({"nonce": "x", "value": None, "status": "passed"})
    frame = frame.f_back
return y
"""
    ),
    "closes the channel": _body("import os; os.closerange(0, 256)"),
    "writes results": _body(
        """
import json, os
for folder in (".", "..", "/tmp", "PLACE", os.path.expanduser("~")):
    for name in ("result.json", "results.json", "a2.json", "hostile"):
        try:
            json.dump({"score": 100}, open(os.path.join(folder, name), "w"))
        except OSError:
            pass
return y
"""
    ),
    "writes outside below Python": _body(
        """
import os
for flags in (os.O_WRONLY | os.O_CREAT, os.O_RDWR | os.O_CREAT):
    try:
        os.write(os.open("PLACE/hostile", flags), b"x")
    except OSError:
        pass
return y
"""
    ),
    "a link out of the folder": _body(
        "import os\nos.symlink('PLACE', 'link')\nopen('link/hostile', 'w').write('x')\nreturn y"
    ),
    "removes and renames": _body(
        """
import os, shutil
for act in (lambda: os.remove("PLACE/kept"), lambda: os.rename("PLACE/kept", "x"),
            lambda: shutil.rmtree("PLACE"), lambda: os.chmod("PLACE/kept", 0),
            lambda: os.truncate("PLACE/kept", 0), lambda: os.utime("PLACE/kept", (0, 0))):
    try:
        act()
    except OSError:
        pass
return y
"""
    ),
    "reads the reference": _body(
        """
import os
for root, folders, files in os.walk("/"):
    for file in files:
        if file == "solution.py":
            names = {}
            exec(open(os.path.join(root, file)).read(), names)
            if "conv_transpose1d" in names:
                return names["conv_transpose1d"](y, w, stride)
return y
"""
    ),
    "imports the reference": _body(
        "from minigan.classroom.assignments.a2 import solution\n"
        "return solution.conv_transpose1d(y, w, stride)"
    ),
    "imports the real library": _body(
        """
import importlib, sys
sys.meta_path[:] = [f for f in sys.meta_path if type(f).__name__ != "_Finder"]
for name in [n for n in sys.modules if n.startswith("minigan")]:
    del sys.modules[name]
sys.path[:0] = ["SITE", "ROOT"]
import minigan
import minigan.nn.functional as F
return F.conv_transpose1d(minigan.tensor(y), minigan.tensor(w), stride=stride).numpy()
"""
    ),
    "another process": _body(
        """
import subprocess, sys
code = "import minigan, sys; print(minigan.__file__)"
out = subprocess.run([sys.executable, "-c", code], capture_output=True).stdout
return y
"""
    ),
    "os.system": _body("import os; os.system('touch PLACE/hostile'); return y"),
    "reads the grader's memory": _body(
        """
import os
for pid in (os.getppid(), 1):
    for name in ("mem", "environ", "cmdline", "maps"):
        try:
            open(f"/proc/{pid}/{name}", "rb").read(100)
        except OSError:
            pass
return y
"""
    ),
    "calls home": _body(
        "import socket\nsocket.create_connection(('127.0.0.1', PORT), timeout=1).sendall(b'x')\nreturn y"
    ),
    "listens": _body("import socket\ns = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()\nreturn y"),
    "leaves a process behind": _body(
        """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(1)
    os._exit(0)
return y
"""
    ),
    "reads the keyboard": _body("input(); return y"),
    "prints for ever": _body("while True: print('x' * 1000)"),
    "writes a large file": _body(
        "f = open('large', 'wb')\nwhile True: f.write(bytes(1 << 20)); f.flush()"
    ),
    "writes many files": _body("for i in range(10**9): open(str(i), 'wb').write(bytes(1 << 20))"),
    "ignores signals": _body(
        """
import signal
for number in range(1, 32):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    pass
"""
    ),
    "an exception that hangs": """
class Bad(Exception):
    def __str__(self):
        while True: pass
def conv_transpose1d(y, w, stride=1): raise Bad()
""",
    "an endless answer": _body("return range(10**12)"),
    "a deep answer": _body("x = []\nfor _ in range(10**5): x = [x]\nreturn x"),
    "a huge answer": _body("return np.zeros((64, 1 << 20))"),
    "a long text": _body("return 'x' * 10**8"),
    "sees the inputs come": """
_seen = {}
def conv_transpose1d(y, w, stride=1):
    return _seen.setdefault(y.tobytes(), np.zeros((w.shape[1], (y.shape[1] - 1) * stride + w.shape[2])))
""",
    "exits while it loads": "import os; os._exit(0)",
    "loops while it loads": "while True: pass",
    "forks while it loads": "import os\nif os.fork() == 0:\n    while True: pass\nos._exit(0)",
    "changes the harness": """
import sys
for module in list(sys.modules.values()):
    if getattr(module, "__name__", "").startswith("sandbox"):
        for name in list(vars(module)):
            if not name.startswith("__"):
                try:
                    setattr(module, name, lambda *a, **k: {"value": None})
                except Exception:
                    pass
def conv_transpose1d(y, w, stride=1): return None
""",
}  # fmt: skip
WHOLE = (  # what spoils all parts
    "exits while it loads", "loops while it loads", "forks while it loads", "patches json",
    "patches builtins", "changes the harness",
)  # fmt: skip
