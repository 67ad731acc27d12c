"""What an installation gives: the description of a wheel, the package from any folder, pytest."""

import configparser
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONFIG = configparser.ConfigParser()
CONFIG.read(ROOT / "setup.cfg", encoding="utf-8")
DESCRIPTION = CONFIG["metadata"]["long_description"]


def test_the_description_of_a_wheel_has_no_link_to_a_file_beside_it():
    text = DESCRIPTION
    if text.startswith("file:"):
        text = (ROOT / text.removeprefix("file:").strip()).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)]*)\)|<(?:img|a)[^>]*(?:src|href)=\"([^\"]*)\"", text)
    assert all(target.startswith("https://") for pair in targets for target in pair if target)
    assert CONFIG["metadata"]["long_description_content_type"] == "text/markdown"


def test_the_code_of_the_description_runs():
    (code,) = re.findall(r"```python\n(.*?)```", DESCRIPTION, re.DOTALL)
    exec(compile(code, "setup.cfg", "exec"), {})


def above(folder):
    """Return a folder that holds this repository under the name `minigan`."""
    try:
        (folder / "minigan").symlink_to(ROOT, target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links here")
    return folder


@pytest.mark.parametrize("words", ["import minigan", "from minigan import nn", "import minigan.nn"])
def test_in_the_folder_above_a_clone_an_editable_install_is_the_package(words, tmp_path):
    """With `package_dir = .` it adds the clone to sys.path, after the current folder.

    Without, setuptools installs a finder that Python asks only if the path has nothing of this
    name, and the folder `minigan` above the package is an empty namespace.
    """
    assert CONFIG["options"]["package_dir"].strip() == "= ."
    program = f"""
import sys
sys.meta_path[:] = [f for f in sys.meta_path if "editable" not in repr(f).lower()]
sys.path.append({str(ROOT)!r})
{words}
import minigan
print(minigan.__version__, minigan.tensor([1.0]).shape)
"""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=above(tmp_path), env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("how", [["-m", "pytest"], ["-c", "import pytest; pytest.console_main()"]])
@pytest.mark.parametrize("path", ["tests/test_benchmarks.py", "tests/metrics/test_report.py"])
def test_pytest_finds_all_modules_however_it_is_started(how, path):
    """`python -m pytest` adds the current folder to sys.path, and `pytest` does not."""
    command = [sys.executable, "-P"] if how[0] == "-c" else [sys.executable]
    command += [*how, "--collect-only", "-q", "-p", "no:cacheprovider", path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout
