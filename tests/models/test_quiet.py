"""What is set before Keras is imported, and what somebody else has set stays."""

import os
import subprocess
import sys

import pytest

CODE = "from convbook.models._quiet import import_keras; print(import_keras().NAMES)"
FAKE = """\
import os
NAMES = [os.environ.get(name) for name in ("OPENBLAS_NUM_THREADS", "TF_ENABLE_ONEDNN_OPTS")]
"""


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        ({}, ["1", "1"]),
        ({"OPENBLAS_NUM_THREADS": "2"}, ["2", "1"]),
        ({"TF_ENABLE_ONEDNN_OPTS": "0"}, ["1", "0"]),
    ],
)
def test_keras_is_imported_with_one_blas_thread_and_onednn_unless_they_are_set(
    theirs, expected, tmp_path
):
    (tmp_path / "keras.py").write_text(FAKE)  # Keras itself would take five seconds each time
    names = ("OPENBLAS_NUM_THREADS", "TF_ENABLE_ONEDNN_OPTS")
    variables = {name: value for name, value in os.environ.items() if name not in names}
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env=variables | theirs | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{expected}\n"
