"""A trait's limits: what Python takes and what the front end takes are the same."""

import json
import random
import subprocess
from functools import cache

import pytest
import traitlets

from convbook import widgets
from convbook.widgets import _bundle, _limits

every_widget = pytest.mark.parametrize("name", widgets.__all__)

#: Values that someone may write into a link, or that an older version of the book may have kept.
ODD = ["x", "", "null", None, -1, 0, 1, 2, 3.5, 1e9, -1e9, 2**60, 1e308, True, False, [], {}, [[]]]
ODD += [[1], [[1, 2], [3]], [[["1"]]], [None], {"kind": "conv"}, {"kind": "toString"}]
ODD += [
    {"1": [2, 1]},
    {"1": None},
    {"0": [0, 0]},
    {"__proto__": 1},
    [3, 1, 1],
    [[3, 1, 99]],
    "constructor",
]


BOOLEAN = {"type": "boolean"}

#: What the front end makes of the same proposals.
ASK = """
  import { fits } from "./shared/limits.js";
  const { cases, limits } = JSON.parse(await new Response(process.stdin).text());
  const taken = Object.fromEntries(Object.entries(cases).map(([name, list]) =>
    [name, list.map(([trait, value]) => fits(value, limits[name][trait]))]));
  console.log(JSON.stringify(taken));
"""


def near(limit: dict, chance: random.Random) -> list:
    """Values at, just inside and just outside a limit."""
    if "enum" in limit:
        return [chance.choice(limit["enum"]), f"{limit['enum'][0]} "]
    if "either" in limit:
        return near(chance.choice(limit["either"]), chance)
    kind = limit["type"]
    if kind == "text":
        return ["", "conv1"]
    if kind in ("integer", "number"):
        ends = [limit.get("minimum", -5), limit.get("maximum", 5)]
        return [n + step for n in ends for step in (-1, 0, 1)] + [sum(ends) // 2]
    if kind == "boolean":
        return [True, False]
    if kind == "table":
        return [_table(limit, chance) for _ in range(8)]
    if kind == "list":
        least, most = limit["length"]
        sizes = {max(0, least - 1), least, min(most, least + 1), most, most + 1}
        return [[chance.choice(near(limit["items"], chance)) for _ in range(n)] for n in sizes]
    if kind == "tuple":
        return [[chance.choice(near(part, chance)) for part in limit["parts"]] for _ in range(8)]
    if kind == "map":
        keys = list(limit["entries"])
        few = [chance.sample(keys, min(2, len(keys))) for _ in range(6)]
        return [{k: chance.choice(near(limit["entries"][k], chance)) for k in some} for some in few]
    return [_variant(limit, chance) for _ in range(8)]


def _table(limit: dict, chance: random.Random):
    sizes = [chance.choice([*axis, max(axis) + 1]) for axis in limit["sizes"]]
    if limit.get("square") and chance.random() < 0.7:
        sizes[-1] = sizes[-2]
    number = chance.choice([0, 1, limit["minimum"], limit["maximum"], limit["maximum"] + 1])

    def filled(axis):
        return number if axis == len(sizes) else [filled(axis + 1) for _ in range(sizes[axis])]

    return filled(0)


def _variant(limit: dict, chance: random.Random):
    kind = chance.choice(list(limit["variants"]))
    fields = limit["variants"][kind]
    some = chance.sample(list(fields), chance.randint(0, len(fields)))
    return {"kind": kind, **{name: chance.choice(near(fields[name], chance)) for name in some}}


def proposals(cls) -> list[list]:
    """[trait, value] for every input with limits, each once, the same ones in every run."""
    chance = random.Random(cls.__name__)
    all_ = [
        [name, value]
        for name, limit in cls.limits().items()
        for value in [*ODD, *(v for _ in range(20) for v in near(limit, chance))]
    ]
    return list({json.dumps(one): one for one in all_}.values())


@cache
def made(cls):
    return cls()


def python_takes(cls, name: str, value) -> bool:
    """Whether the class takes the value for a trait, its own validators included."""
    widget, trait = made(cls), cls.class_traits()[name]
    try:
        trait._validate(widget, value)
    except (traitlets.TraitError, TypeError, ValueError, AttributeError, IndexError):
        return False
    return True


def test_a_limit_is_read_off_its_trait():
    assert _limits.limit_of(traitlets.Float(0.0, max=1)) == {"type": "number", "maximum": 1}
    assert _limits.limit_of(traitlets.Int(None, allow_none=True))["nullable"]
    assert _limits.limit_of(traitlets.Enum(["a", None], "a")) == {"enum": ["a", None]}


def test_a_list_without_limits_is_refused():
    class Loose(widgets.Drill):
        loose = traitlets.List().tag(sync=True)

    with pytest.raises(TypeError, match=r"Loose\.loose is a List without limits"):
        Loose.limits()


@every_widget
def test_its_opening_state_is_within_its_limits(name):
    cls = getattr(widgets, name)
    limits = json.loads(cls()._limits)
    assert limits == json.loads(json.dumps(cls.limits()))
    assert set(cls()._opening) & set(limits)


@pytest.mark.node
def test_python_and_the_front_end_take_the_same_values():
    """Python alone takes True for a whole number, and 0 and 1 for booleans."""
    cases = {name: proposals(getattr(widgets, name)) for name in widgets.__all__}
    limits = {name: getattr(widgets, name).limits() for name in widgets.__all__}
    found = subprocess.run(
        ["node", "--input-type=module", "--eval", ASK],
        input=json.dumps({"cases": cases, "limits": limits}),
        cwd=_bundle.FOLDER,
        capture_output=True,
        text=True,
        check=True,
    )
    taken = json.loads(found.stdout)
    differ = [
        (name, trait, value, in_page)
        for name, list_ in cases.items()
        for (trait, value), in_page in zip(list_, taken[name], strict=True)
        if not (isinstance(value, bool) or (value in (0, 1) and limits[name][trait] == BOOLEAN))
        and in_page != python_takes(getattr(widgets, name), trait, value)
    ]
    assert differ == []
    assert sum(map(sum, taken.values())) > 500, "values that fit are among them"
