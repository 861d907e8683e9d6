"""The jail by itself: what a student's process is asked, what it can't do, and clear refusals."""

import re
import subprocess
import sys

import numpy as np
import pytest
from claims import for_each
from the_course import DEFINITION

from autograder.jail import doctor, seccomp
from autograder.jail.asking import Sitting
from autograder.jail.isolation import Jail, NoIsolation
from autograder.jail.profile import Profile
from autograder.jail.student import BadReply, NotDefined, Raised, TimedOut
from autograder.run.profiles import imported_modules

pytestmark = pytest.mark.jail


@pytest.fixture(scope="module")
def jail():
    hides = (*DEFINITION.library.hides, "convbook.nn")
    profile = Profile(seconds=1, wall_seconds=30, hides=hides, library=DEFINITION.library)
    with Jail(profile) as made:
        yield made


def ask(jail, *cells):
    """The question's student after the cells have run."""
    return Sitting(jail, list(cells))


def test_values_come_back_as_plain_data(jail):
    cells = ["import numpy as np\nx = {'a': (1, [2.5, None, True, 'ü']), 'b': np.float32(2)}"]
    with ask(jail, *cells) as sitting, sitting.question() as student:
        assert student.get("x") == {"a": (1, [2.5, None, True, "ü"]), "b": 2.0}


def test_arrays_and_calls(jail):
    cell = "def double(x, times=1): return 2 * x * times"
    with ask(jail, cell) as sitting, sitting.question() as student:
        got = student.call("double", np.ones((2, 3), "float32"), times=3)
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got, np.full((2, 3), 6))


def test_objects_stay_inside_and_answer(jail):
    cell = """
class Layer:
    def __init__(self, width): self.width = width
    def forward(self, x): return x * self.width
def apply(layer, x): return layer.forward(x) + 1
"""
    with ask(jail, cell) as sitting, sitting.question() as student:
        layer = student.create("Layer", 3)
        assert layer.call("forward", 5) == 15
        assert layer.get("width") == 3
        assert student.call("apply", layer, 5) == 16
        with pytest.raises(BadReply):
            student.get("Layer")


def test_every_failure_has_its_name(jail):
    cells = ["def boom(): raise KeyError('k')", "def leave():\n    import os\n    os._exit(3)"]
    cells += ["def hang():\n    while True: pass", "def odd(): return iter([1])"]
    with ask(jail, *cells) as sitting:
        with sitting.question() as student:
            with pytest.raises(NotDefined):
                student.get("nothing")
            with pytest.raises(Raised, match="KeyError"):
                student.call("boom")
            with pytest.raises(BadReply, match="a kind that can't be marked"):
                student.call("odd")
            with pytest.raises(TimedOut):
                student.call("hang")
        with sitting.question() as student, pytest.raises(Raised, match="ended"):
            student.call("leave")


def test_one_question_can_not_change_the_next(jail):
    cells = ["answer = 1\ndef spoil():\n    global answer\n    answer = 2\n    return answer"]
    with ask(jail, *cells) as sitting:
        with sitting.question() as student:
            assert student.call("spoil") == 2
        with sitting.question() as student:
            assert student.get("answer") == 1


@pytest.mark.parametrize(
    "killer",
    [
        "import os; os._exit(0)",
        "while True: pass",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "import ctypes; ctypes.string_at(0)",
        "x = []\nwhile True: x.append(bytearray(1 << 26))",
        "import os\nos.kill(os.getpid(), 9)\nos.close(100)",
        "import os\nfor f in range(3, 300):\n    try: os.write(f, b'\\0\\0\\0\\2{}')\n"
        "    except OSError: pass",
    ],
)
def test_a_deadly_cell_costs_only_what_depends_on_it(jail, killer):
    with ask(jail, "before = 1", killer, "after = 2") as sitting:
        with sitting.question() as student:
            assert (student.get("before"), student.get("after")) == (1, 2)
        assert sitting.runs[0].error is None
        assert sitting.runs[2].error is None


#: Cells in IPython's language, and what `x` is after them.
IN_IPYTHON = {
    "?len\nx = 1": 1,
    "len??\nx = 1": 1,
    "%time x = 30": 30,
    "%%time\nx = 30": 30,
    "%%capture said\nprint(5)\nx = 1": 1,
    "where = %pwd\nx = len(where) > 1": True,
    "files = !ls\nx = len(files)": 0,
    "!echo one \\\n  two\nx = 2": 2,
    "%matplotlib inline\n!pip install numpy\n%pip install numpy\nx = 5": 5,
    "x = get_ipython().run_line_magic('precision', '3') is not None": True,
    "import asyncio\nawait asyncio.sleep(0)\nx = await asyncio.sleep(0, 7)": 7,
    "took = %timeit -o -n 1 -r 1 1 + 1\nx = took.best >= 0": True,
    "x = (90\n% 60)": 30,
    "  x = 3\n  y = 4": 3,
    ">>> x = 3": 3,
    "from multiprocessing import Pool\nwith Pool(2) as p:\n    x = sum(p.map(abs, [-1, 2]))": 3,
}


@pytest.fixture(scope="module")
def patient():
    """A jail with the time that it takes to load IPython and Matplotlib on a busy machine."""
    with Jail(Profile(seconds=20, wall_seconds=60, library=DEFINITION.library)) as made:
        yield made


@for_each("cell,value", IN_IPYTHON.items(), ids=lambda cell, value: cell[:24])
def test_a_cell_is_read_as_ipython_reads_it(patient, cell, value):
    with ask(patient, cell) as sitting, sitting.question() as student:
        assert (sitting.runs[0].error, student.get("x")) == (None, value)


def test_what_was_shown_last_is_called_underscore_and_what_ran_is_said(patient):
    with ask(patient, "20 + 10", "x = _ + 1", "_ = 4", "5", "y = _", "!make") as sitting:
        with sitting.question() as student:
            assert (student.get("x"), student.get("y")) == (31, 4)
        assert [run.magic for run in sitting.runs] == [False] * 5 + [True]


@for_each("cells", [["6", "here = %pwd"], ["here = %pwd", "6"], ["here = %pwd\n6"]], ids=str)
def test_what_was_shown_last_is_so_before_and_after_a_magic(patient, cells):
    with ask(patient, *cells, "x = _") as sitting, sitting.question() as student:
        assert student.get("x") == 6


def test_hidden_modules_say_so_and_the_others_work(jail):
    cells = ["import convbook.nn", "from convbook.practice import hand_in\nx = 1"]
    with ask(jail, *cells) as sitting:
        assert "answers this exercise" in sitting.runs[0].error
        assert sitting.runs[1].error is None


def test_a_compiled_copy_of_a_hidden_module_is_not_there(jail):
    cell = """
import os
found = [os.path.join(d, f) for d, _, names in os.walk('/jail') for f in names
         if f.endswith('.pyc') or ('convbook/nn' in d and f != '__init__.py')]
"""
    with ask(jail, cell) as sitting, sitting.question() as student:
        assert student.get("found") == []


def test_expected_values_are_nowhere_inside(jail):
    cell = "import sys\nnames = sorted(sys.modules)"
    with ask(jail, cell) as sitting, sitting.question() as student:
        assert not [
            name
            for name in student.get("names")
            if re.match(r"questions|autograder\.(?!handin)", name)
        ]


def test_what_a_notebook_imports_is_loaded_before(jail):
    cells = ["import numpy as np\nfrom os import path", "x = 1\nimport json.decoder"]
    assert imported_modules(cells) == ("numpy", "os", "json.decoder")
    assert imported_modules(["%matplotlib inline\nimport keras"]) == ("numpy",)


@pytest.mark.keras
def test_the_zygote_imports_keras_without_running_an_operation():
    """Two notebooks in a row that use Keras: the second would hang after an operation."""
    profile = Profile(preload=("numpy", "keras"), seconds=60, memory_megabytes=4096, processes=512)
    cell = """
import keras
import numpy as np
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
shape = model.predict(np.zeros((3, 4)), verbose=0).shape
def again(x): return model.predict(x, verbose=0)
"""
    with Jail(profile) as jail:
        assert jail.failed_imports == {}
        for _ in range(2):
            with ask(jail, cell) as sitting, sitting.question() as student:
                assert sitting.runs[0].error is None
                assert student.get("shape") == (3, 2)
                assert student.call("again", np.zeros((5, 4))).shape == (5, 2)


def test_no_escape_works():
    assert [finding.what for finding in doctor.try_escapes() if not finding.well] == []


def test_the_doctor_sees_when_nothing_isolates():
    """The probes are not blind: without a jail, what they look for is there."""
    failed = {finding.what for finding in doctor.try_escapes("process") if not finding.well}
    expected = {"read a secret file of yours", "see the grader's own code", "see other processes"}
    assert {f"can't {what}" for what in (*expected, "reach a server on this machine")} <= failed


def test_an_ordinary_user_can_build_the_jail(root):
    """The doctor once more as an ordinary user, in a namespace that has no other."""
    program = "from autograder.jail import doctor; raise SystemExit(not doctor.examine())"
    user = ["bwrap", "--unshare-user", "--uid", "1000", "--gid", "1000"]
    user += ["--dev-bind", "/", "/", "--proc", "/proc"]
    done = subprocess.run(
        [*user, sys.executable, "-c", program], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


# --- refusals ---------------------------------------------------------------------------------


def test_without_namespaces_it_refuses_and_names_the_choices(monkeypatch, tmp_path):
    false = tmp_path / "bwrap"
    false.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n")
    false.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(NoIsolation) as refusal, Jail(Profile()):
        pass
    for choice in ("--isolation=docker", "--isolation=process", "doctor"):
        assert choice in str(refusal.value)
    assert "can read the solutions" in str(refusal.value)


def test_without_bubblewrap_it_refuses(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoIsolation, match="bwrap is not installed"), Jail(Profile()):
        pass


def test_an_unknown_isolation_is_an_error():
    with pytest.raises(ValueError, match="bubblewrap, docker, podman, process"):
        Jail(Profile(), "none")


def test_a_container_gets_the_same_contract(tmp_path, monkeypatch):
    """The engine's command line, against a stand-in that writes it down."""
    stand_in = tmp_path / "docker"
    stand_in.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {tmp_path}/seen\nexit 1\n')
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(NoIsolation), Jail(Profile(), "docker"):
        pass
    seen = (tmp_path / "seen").read_text().splitlines()
    for option in ("--network=none", "--read-only", "--cap-drop=ALL", "--pids-limit=64"):
        assert option in seen
    assert "--security-opt=no-new-privileges" in seen
    [name] = [part.removeprefix("--name=") for part in seen if part.startswith("--name=")]
    assert seen[-2:] == ["kill", name]
    assert not any("solutions" in part or "gradebook" in part for part in seen)


def test_seccomp_stands_where_libseccomp_is():
    program = seccomp.program()
    assert program is None or len(program) % 8 == 0
