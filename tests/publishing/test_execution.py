"""Notebooks run two at a time, and what comes of it is what running them in turn would give."""

import pytest
import yaml

MEETING = """
import pathlib, time
pathlib.Path({mine!r}).touch()
for _ in range(600):
    if pathlib.Path({other!r}).exists():
        break
    time.sleep(0.1)
else:
    raise RuntimeError("the other notebook never ran beside this one")
"""


@pytest.fixture(scope="module")
def built(book):
    files = [str(book.folder / name) for name in ("first.here", "second.here")]
    book.notebook("first", MEETING.format(mine=files[0], other=files[1]), "print(6 * 7)")
    book.notebook("second", MEETING.format(mine=files[1], other=files[0]))
    book.contents("first", "second")
    book.build_well()
    return book


def test_two_notebooks_run_beside_each_other_and_each_runs_once(built):
    assert [built.runs("first"), built.runs("second")] == [1, 1]
    assert "<span></span>42" in built.html("first")


def test_a_notebook_that_fails_stops_the_build_with_its_name_and_error(built):
    built.notebook("first", "1 / 0")
    built.notebook("second", "print('fine')")
    result = built.build()
    assert result.returncode != 0
    assert "first.ipynb" in result.stderr
    assert "ZeroDivisionError" in result.stderr
    built.notebook("first", "print('mended')")
    built.build_well()
    assert [built.runs("first"), built.runs("second")] == [2, 2], "what ran well is kept"


CROWDED = """
from convbook.plotting import plot
plot(lambda axes: [axes.text(0.5, 0.5, word) for word in ("left", "right")], "Two words")
"""


def test_a_figure_whose_labels_overlap_stops_the_build(built, root):
    (built.library / "plotting.py").symlink_to(root / "convbook/plotting.py")
    (built.library / "fonts").symlink_to(root / "convbook/fonts")
    built.notebook("first", CROWDED)
    result = built.build()
    assert result.returncode != 0
    assert "stderr was found in the cell outputs" in result.stderr
    settings = yaml.safe_load((root / "_config.yml").read_text())
    assert settings["execute"]["stderr_output"] == "warn", "so does the book's own build"
