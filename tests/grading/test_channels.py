"""What a hidden call was given stays hidden: no failure, form or value carries it into feedback."""

import math

import numpy as np
import pytest
from the_course import catalogue

from autograder.handin import wire
from autograder.jail.asking import Sitting
from autograder.jail.isolation import Jail
from autograder.jail.profile import Profile
from autograder.jail.student import Raised, StudentError
from autograder.marking import Case, Function, Method, shapes_of

pytestmark = pytest.mark.jail

# Ways to say, inside a call, what it was given; @ stands for all of it as text.
CARRIERS = {
    "text of an exception": "raise ValueError(@)",
    "exception of one's own": "raise type(@, (Exception,), {})",
    "exception named like Python's": "raise type('ValueError', (Exception,), {"
    "'__str__': lambda e: @})",
    "notes and causes": "e = KeyError(@)\n    e.add_note(@)\n    raise e from ValueError(@)",
    "text that is returned": "return @",
    "list that holds it": "return [@, [@]]",
    "key of a dict": "return {@: 1}",
    "type that can't cross": "return type(@, (), {})()",
    "dtype that can't cross": "import numpy as np\n    return np.zeros(1, [(@, 'i4')])",
    "size that can't cross": "import numpy as np\n    return np.zeros(10**7 + hash(@) % 10**6)",
    "text that is too long": "return (@) * 10**5",
    "what is printed": "print(@)\n    import sys\n    sys.stderr.write(@)\n    sys.exit(@)",
    "reply that is no message": "import sys\n    sys.modules['inmate'].Inmate.send = "
    "lambda self, m: self.channel.sendall(b'\\0\\0\\0\\1' + (@).encode())",
    "unknown kind of value": "import sys\n    sys.modules['wire'].to_plain = lambda *a: {@: 1}",
    "reason of one's own": "import sys\n    sys.modules['inmate'].call_failure = "
    "lambda e: {'unreadable': @, 'type': @, 'message': @}\n    1 / 0",
}
MARK = "hidden-input"


@pytest.fixture(scope="module")
def jail():
    with Jail(Profile(seconds=1, wall_seconds=60)) as made:
        yield made


def told(jail, name, carrier):
    """What the feedback of a question says, where its function carries its inputs out so."""
    text = f"('{MARK}' + repr(given))"
    cell = f"def {name}(*given, **named):\n    {CARRIERS[carrier].replace('@', text)}"
    question = "ex25-same" if name == "ex25_same" else "ex17-function"
    assignment = "01-shapes-and-counts" if name == "ex25_same" else "03-pooling-and-invariance"
    with Sitting(jail, [cell]) as sitting, sitting.question() as student:
        return " ".join(catalogue.load(assignment)[question].check(student).messages)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_message_holds_what_a_call_was_given(jail, carrier):
    messages = told(jail, "ex25_same", carrier)
    assert messages
    assert MARK not in messages
    assert "hidden" not in messages


def test_a_variable_that_a_call_has_set_is_no_way_out(jail):
    cell = f"def f(*given):\n    global x\n    x = type('{MARK}' + repr(given), (), {{}})()"
    with Sitting(jail, [cell]) as sitting, sitting.question() as student:
        assert student.call("f", 1) is None
        with pytest.raises(StudentError) as error:
            student.get("x")
    assert MARK not in str(error.value)


def test_a_failing_call_says_only_its_kind(jail):
    cell = "class Odd(KeyError): pass\ndef f(x, y=0): raise Odd(x.sum())"
    told = r"`f` stopped with an error: KeyError$"
    failing = pytest.raises(Raised, match=told)
    with Sitting(jail, [cell]) as sitting, sitting.question() as student, failing:
        student.call("f", np.ones((2, 3)), y=1)


def test_a_variable_that_can_not_cross_is_named_by_its_kind(jail):
    """Before any call there is nothing to hide, and the kind helps."""
    with (
        Sitting(jail, ["a = iter([1])\nb = ...\nc = 1j"]) as sitting,
        sitting.question() as student,
    ):
        for name, kind in {"a": "iterator", "b": "ellipsis", "c": "complex"}.items():
            with pytest.raises(StudentError, match=kind):
                student.get(name)


def test_the_failures_of_a_call_are_worth_four_bits():
    """Its kinds of exception, and: too slow, no memory, ended, unreadable, other form, nothing."""
    assert math.log2(len(wire.ERRORS) + 1 + 6) < 4


def test_the_security_page_states_how_much_of_a_question_can_come_out(root):
    shapes, mistakes, groups = 0, 0, 0
    for assignment in catalogue.assignments():
        for asked in catalogue.load(assignment).values():
            for part in asked.parts():
                if isinstance(part, Function | Method):
                    calls = part.cases if isinstance(part, Function) else part.trials
                    shapes = max(shapes, len({shapes_of(Case(call.args)) for call in calls}))
                    mistakes = max(mistakes, len(part.mistakes))
                    groups = max(groups, len(part.groups))
    page = (root / "book/instructors/security.md").read_text()
    for what, most in (
        (f"at most {shapes} in a question", shapes),
        (f"at most {mistakes} in a question of this book, or none", mistakes + 1),
        (f"at most {groups} in a question", 2**groups),
    ):
        row = next(line for line in page.splitlines() if what in line)
        assert f"| {math.log2(most):.1f}".removesuffix(".0") in row
