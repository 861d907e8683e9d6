"""What an assignment's notebook and module of checkers say of what its notebooks may use."""

from types import SimpleNamespace

import nbformat
import pytest

from autograder.jail.profile import ADMITTED, Library
from autograder.run.profiles import imported_modules, profile_of


@pytest.fixture
def released(tmp_path):
    """A students' notebook with the given cells, in a folder of its own."""

    def write(*cells: str):
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
        path = tmp_path / "shapes.ipynb"
        nbformat.write(notebook, path)
        return path

    return write


def limits(profile):
    return (
        profile.seconds,
        profile.wall_seconds,
        profile.memory_megabytes,
        profile.processes,
    )


def test_a_notebook_without_heavy_libraries_has_seconds_and_a_gigabyte(released):
    path = released("import math")
    profile = profile_of(SimpleNamespace(), path)
    assert limits(profile) == (5, 90, 1024, 64)
    assert profile.preload == ("numpy", "math")
    assert profile.admits == tuple(ADMITTED)
    assert profile.files == path.parent


@pytest.mark.parametrize("cell", ["import keras", "from tensorflow.data import Dataset"])
def test_one_that_imports_a_heavy_library_has_minutes_and_more_memory(released, cell):
    assert limits(profile_of(SimpleNamespace(), released(cell))) == (60, 600, 4096, 512)


def test_one_that_admits_a_heavy_library_has_the_memory_and_not_the_minutes(released):
    module = SimpleNamespace(ADMITS=("numpy", "keras"))
    profile = profile_of(module, released("import math"))
    assert limits(profile) == (5, 90, 4096, 512)
    assert profile.admits == ("numpy", "keras")


def test_an_assignments_own_seconds_count_and_the_wall_has_twice_as_many(released):
    path = released("import math")
    assert limits(profile_of(SimpleNamespace(SECONDS=30), path))[:2] == (30, 90)
    assert limits(profile_of(SimpleNamespace(SECONDS=100), path))[:2] == (100, 200)


def test_a_course_may_set_other_limits_and_the_wall_goes_with_the_seconds(released):
    profile = profile_of(
        SimpleNamespace(SECONDS=30), released("import keras"), seconds=60, memory_megabytes=2048
    )
    assert limits(profile) == (60, 1200, 2048, 512)


def test_what_is_hidden_is_not_imported_beforehand(released):
    module = SimpleNamespace(HIDES=("colours.keys",), PRELOAD=("colours.keys.red", "decimal"))
    path = released("import math, colours, colours.keys\nfrom hidden.deep import x")
    profile = profile_of(module, path, Library(hides=("hidden",)))
    assert profile.hides == ("hidden", "colours.keys")
    assert profile.preload == ("numpy", "math", "colours", "decimal")


def test_imports_are_those_at_the_top_level_in_order_and_none_from_beside_the_notebook():
    cells = [
        "import b, a",
        "from . import own\nfrom .own import x",
        "from c.d import e",
        "import a",
    ]
    assert imported_modules(cells) == ("numpy", "b", "a", "c.d")
