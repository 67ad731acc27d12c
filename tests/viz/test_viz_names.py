"""The room viz: light to import, and its stub names what it has."""

import ast
import subprocess
import sys
from pathlib import Path

from minigan import viz

LIGHT = """
import sys
import minigan.viz
assert not {"matplotlib", "PIL", "minigan.runs", "minigan.studies"} & set(sys.modules)
"""


def test_importing_the_room_imports_nothing_that_draws():
    subprocess.run([sys.executable, "-c", LIGHT], check=True)


def test_the_stub_names_each_function_and_its_module():
    tree = ast.parse(Path(viz.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    stub = {node.names[0].asname: node for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert sorted(stub) == sorted(viz.__all__) == dir(viz)
    for name, node in stub.items():
        assert getattr(viz, name).__module__ == node.module and node.names[0].name == name
