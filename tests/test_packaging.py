"""The package as it is installed: which files it has, and what its import loads."""

import configparser
import fnmatch
import subprocess
import sys
from pathlib import Path

import pytest

import minigan

ROOT = Path(minigan.__file__).parent
SETUP = ROOT.parent / "setup.cfg"
needs_clone = pytest.mark.skipif(not SETUP.exists(), reason="an installed package has no setup.cfg")


def settings():
    parser = configparser.ConfigParser()
    parser.read(SETUP, encoding="utf-8")
    return parser


@needs_clone
def test_each_file_of_the_package_is_installed():
    """setuptools installs modules and stubs by itself, and other files only if they are named."""
    patterns = [
        f"{package.replace('.', '/')}/{pattern.strip()}"
        for package, listed in settings()["options.package_data"].items()
        for pattern in listed.replace(",", "\n").splitlines()
        if pattern.strip()
    ]
    for path in ROOT.rglob("*"):
        if path.is_file() and path.suffix not in (".py", ".pyi", ".pyc"):
            name = path.relative_to(ROOT.parent).as_posix()
            assert any(fnmatch.fnmatch(name, pattern) for pattern in patterns), name


@needs_clone
def test_each_folder_with_modules_is_a_package():
    """setuptools leaves out a folder without __init__.py, and tests in a clone do not notice."""
    for path in ROOT.rglob("*.py"):
        assert (path.parent / "__init__.py").exists(), path


@needs_clone
@pytest.mark.parametrize("name", ["tqdm", "threadpoolctl"])
def test_what_a_browser_does_not_need_is_not_installed_there(name):
    (line,) = [
        line
        for line in settings()["options"]["install_requires"].splitlines()
        if line.startswith(name)
    ]
    assert line == f'{name}; sys_platform != "emscripten"'


HEAVY = {
    "matplotlib", "PIL", "tqdm", "threadpoolctl", "torch", "cupy", "mpi4py", "multiprocessing",
    "concurrent.futures.process", "subprocess", "asyncio", "unittest", "doctest", "ssl", "sqlite3",
    "http.client", "xml.etree",
}  # fmt: skip


@pytest.mark.parametrize("module", ["minigan", "minigan.cli"])
def test_an_import_loads_nothing_that_only_some_commands_need(module):
    """NumPy loads some of these itself, depending on its version."""
    code = (
        "import sys, numpy, numpy.random; before = set(sys.modules); "
        f"import {module}; print(*(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT.parent
    )
    heavy = HEAVY - ({"subprocess"} if module == "minigan.cli" else set())
    assert not heavy & set(done.stdout.split())


STRICT = [["-W", "error", "-bb", "-X", "warn_default_encoding"], ["-OO", "-W", "error"]]


@pytest.mark.parametrize("options", STRICT, ids=" ".join)
def test_every_module_can_be_imported(options):
    """Warnings are errors; then also without docstrings and assertions."""
    code = """
import importlib, pkgutil, sys, warnings
warnings.filterwarnings("ignore", category=EncodingWarning, module="(?!minigan)")
import minigan
for found in pkgutil.walk_packages(minigan.__path__, "minigan."):
    if not found.name.endswith("__main__") and "assignments." not in found.name:
        importlib.import_module(found.name)
from minigan import cli
raise SystemExit(cli.main(["theory"]))
"""
    command = [sys.executable, *options, "-c", code]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT.parent)
    assert done.returncode == 0, done.stderr
