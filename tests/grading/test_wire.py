"""Values cross as plain data of a closed set, or not at all."""

import json
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from autograder.handin import wire
from autograder.jail.asking import JailedHandle, JailedStudent
from autograder.jail.near import Near
from autograder.jail.student import StudentError


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -(10**30), 1.5, "ü\n", [1, [2]], (1, (2,)), {"a": {"b": [None]}}, ""],
)
def test_plain_values_come_back_as_they_are(value):
    back = wire.crossed(value)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("dtype", sorted(wire.DTYPES))
def test_arrays_come_back_with_dtype_and_shape(dtype):
    array = np.arange(12).reshape(3, 4).astype(dtype)
    for form in (
        array,
        array.T,
        array[::2],
        array[:0],
        array.astype(array.dtype.newbyteorder(">")),
    ):
        back = wire.crossed(form)
        assert back.dtype == dtype
        np.testing.assert_array_equal(back, form)


def test_subclasses_and_scalars_become_plain():
    class Liar(int):
        def __eq__(self, other):
            return True

        __hash__ = int.__hash__

    assert type(wire.crossed(Liar(3))) is int
    assert type(wire.crossed(np.float32(1.5))) is float
    assert type(wire.crossed(np.bool_(True))) is bool
    assert np.isnan(wire.crossed(float("nan")))


def test_numbers_of_other_kinds_cross_as_what_they_equal():
    """SymPy's too, from somebody who works an answer out by it; a formula is no number."""
    import sympy

    numbers = [Fraction(60, 2), Decimal("1.5"), sympy.Rational(3, 2), sympy.Integer(30), sympy.oo]
    assert [wire.crossed(number) for number in numbers] == [30, 1.5, 1.5, 30, float("inf")]
    for other in (sympy.Symbol("x"), sympy.I):
        with pytest.raises(wire.WireError):
            wire.crossed(other)


@pytest.mark.parametrize(
    "value",
    [
        *({(1, 2)}, object(), lambda: 0, b"x", 1j, {1: 2}, 10**200, type),
        *(np.array([1j]), map(int, "12"), np.array([object()], dtype=object)),
    ],
)
def test_anything_else_is_refused(value):
    with pytest.raises(wire.WireError):
        wire.crossed(value)


def test_endless_nesting_is_refused():
    value = []
    value.append(value)
    with pytest.raises(wire.WireError):
        wire.crossed(value)


@pytest.mark.parametrize(
    "message",
    [
        b"[]",
        b"nonsense",
        b'{"value": NaN}',
        b'{"value": ' + b"9" * 500 + b"}",
        b"[" * 10_000,
        b"\xff\xfe",
        b'{"value": [' + b"1," * 300_000 + b"1]}",
    ],
)
def test_a_hostile_message_is_an_error_and_nothing_else(message):
    with pytest.raises(wire.WireError):
        wire.loads(message)


@pytest.mark.parametrize(
    "plain",
    [
        {"array": {"dtype": "object", "shape": [1], "data": ""}},
        {"array": {"dtype": "float64", "shape": [10**9], "data": ""}},
        {"array": {"dtype": "float64", "shape": [-1], "data": ""}},
        {"array": {"dtype": "bool", "shape": [1], "data": "Ag=="}},
        {"pickle": "gASVAAAAAAAAAAA="},
        {"tuple": 5},
        {"dict": [["a"]]},
        {"list": [], "tuple": []},
        {"handle": 1},
        [1, 2],
    ],
)
def test_a_forged_value_is_an_error_and_nothing_else(plain):
    with pytest.raises(wire.WireError):
        wire.from_plain(json.loads(json.dumps(plain)))


@pytest.mark.parametrize("value", [{"missing": True}, {"handle": "x"}, {"list": 1}, [], {"a": 1}])
def test_a_malformed_reply_to_any_request_costs_one_answer(value):
    """A forged "there is no such name" included, where no name was asked for."""

    class Sitting:
        def ask(self, *_):
            return {"value": value}

    student = JailedStudent(Sitting(), Near([]))
    handle = JailedHandle(student, "thing", 1)
    for request in (
        lambda: student.hold(1),
        lambda: student.create("Thing"),
        lambda: student.get("x"),
        lambda: student.call("f", 1),
        lambda: handle.call("method"),
        lambda: handle.get("attribute"),
        handle.value,
    ):
        with pytest.raises(StudentError):
            request()
