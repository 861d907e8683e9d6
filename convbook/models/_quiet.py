"""Import Keras without the notes that TensorFlow's libraries write to standard error.

They say that no GPU was found and how the library was compiled; on a page they stand between the
reader and the result. TensorFlow has threads of its own, so NumPy's and SciPy's OpenBLAS, where it
isn't loaded yet, gets one: on the small matrices of a page its second thread waits in a loop, and
a logistic regression took ten times the processor time. oneDNN's convolutions, which TensorFlow
takes by itself only where a processor has AVX-512's instructions for networks, help with AVX2 too:
a small network trained in 0.5 to 0.8 of the time; with them everywhere, numbers also differ less
between machines. Whoever sets one of these variables keeps it.
"""

from __future__ import annotations

import contextlib
import os
import sys

SETTINGS = {
    # Level 2 would still say, at the first operation, that CUDA did not start.
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "1",
}


@contextlib.contextmanager
def no_standard_error():
    """Silence file descriptor 2 itself: compiled libraries do not go through ``sys.stderr``."""
    try:
        kept = os.dup(2)
    except OSError:  # there is no standard error to silence
        yield
        return
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(sink)


def import_keras():
    """``import keras``, quietly the first time; a failure is raised as usual."""
    if "keras" not in sys.modules:
        for name, value in SETTINGS.items():
            os.environ.setdefault(name, value)
        with no_standard_error():
            import keras  # noqa: F401
    return sys.modules["keras"]
