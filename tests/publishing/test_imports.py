"""What a notebook depends on is found from its code, without running it."""

from pathlib import Path

import pytest

from convbook.publishing.imports import Package


@pytest.fixture
def library(tmp_path):
    folder = tmp_path / "lib"
    files = {
        "__init__.py": "",
        "shapes.py": "def output_size(): ...",
        "nn/__init__.py": "from .layers import Dense",
        "nn/layers.py": "from ..shapes import output_size\nclass Dense: ...",
        "nn/weights/dense.npz": "",
        "widgets/__init__.py": "def __getattr__(name):\n    from .dial import Dial",
        "widgets/dial.py": "def f():\n    import lib.shapes\nclass Dial: ...",
        "widgets/lever.py": "class Lever: ...",
        "widgets/dial.js": "",
        "data/__init__.py": "",
        "data/leaves.npz": "",
        "data/real/__init__.py": "",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import numpy", ""),
        ("import lib", "__init__.py"),
        ("from lib import shapes", "__init__.py shapes.py"),
        ("import lib.shapes as s\ns.output_size()", "__init__.py shapes.py"),
        ("import lib\nlib.shapes.output_size()", "__init__.py shapes.py"),
        ("if True:\n    from lib.shapes import output_size", "__init__.py shapes.py"),
        ("%matplotlib inline\n!ls\nfrom lib import shapes", "__init__.py shapes.py"),
        ("from lib import shapes\nthis is wrong on purpose", ""),
        (
            "from lib.nn import Dense",
            "__init__.py nn/__init__.py nn/layers.py nn/weights/dense.npz shapes.py",
        ),
        (
            "from lib.widgets import Dial",
            "__init__.py shapes.py widgets/__init__.py widgets/dial.py",
        ),
        (
            "from lib import widgets as w\nw.Lever()",
            "__init__.py widgets/__init__.py widgets/lever.py",
        ),
        ("import lib.data", "__init__.py data/__init__.py data/leaves.npz"),
    ],
)
def test_code_depends_on_what_it_imports_and_on_nothing_else(library, code, expected):
    found = Package("lib", library).files_behind([code])
    assert [path.relative_to(library).as_posix() for path in found] == expected.split()


def test_a_typing_import_is_not_a_dependency(library):
    (library / "shapes.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import lib.nn"
    )
    found = Package("lib", library).files_behind(["import lib.shapes"])
    assert {path.name for path in found} == {"__init__.py", "shapes.py"}


def test_a_name_that_is_computed_may_be_any_module_of_its_package(library):
    (library / "data" / "__init__.py").write_text(
        "from importlib import import_module\n\n\n"
        'def load(name):\n    return import_module(f"lib.data.{name}").load()\n'
    )
    (library / "data" / "digits.py").write_text("import lib.shapes\n")
    found = Package("lib", library).files_behind(["from lib.data import load\nload('digits')"])
    names = [path.relative_to(library).as_posix() for path in found]
    assert {"data/digits.py", "shapes.py"} <= set(names)


def test_a_notebook_with_one_widget_does_not_depend_on_another():
    found = Package("convbook").files_behind(["from convbook.widgets import OutputSizeCalculator"])
    names = {Path(path).name for path in found}
    assert {"output_size_calculator.py", "_base.py", "_bundle.py"} <= names
    assert "kernel_lab.py" not in names
