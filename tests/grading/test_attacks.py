"""Every member of the hostile class does its harm where nothing holds it.

Only then does `test_hostile.py`, where the jail holds them, show anything. A choice of the class
runs with every test run, and with ``HOSTILE=all`` the whole of it.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from claims import for_each

from .attacks import CLASS, SIGNS, chosen, world
from .attacks.pages import active_markup
from .attacks.record import Attack

CHOSEN = chosen()


@pytest.fixture(scope="module")
def harms(tmp_path_factory) -> dict[str, world.Harm]:
    """What each of them did, two at a time."""
    place = tmp_path_factory.mktemp("unguarded")

    def show(numbered):
        number, name = numbered
        return name, world.show_harm(CHOSEN[name], place / str(number))

    with ThreadPoolExecutor(2) as pool:
        return dict(pool.map(show, enumerate(CHOSEN)))


@pytest.mark.jail
@for_each("name", CHOSEN)
def test_an_attack_does_its_harm_unguarded(harms, name):
    harm = harms[name]
    assert CHOSEN[name].harm in harm.signs, f"{sorted(harm.signs)}, {harm.points}\n{harm.log}"


@pytest.mark.jail
def test_an_honest_notebook_shows_no_sign_of_harm(tmp_path):
    """Else every sign above would mean nothing."""
    answers = world.answers()
    honest = Attack("honest", "none", "points", code=answers["ex01"], honest=tuple(answers))
    harm = world.show_harm(honest, tmp_path / "code")
    assert harm.signs == set()
    assert harm.points == len(world.TESTED)


@pytest.mark.jail
def test_an_honest_file_shows_no_sign_of_harm(tmp_path):
    answers = world.answers()
    honest = Attack(
        "honest", "none", "batch", answers["ex01"], honest=tuple(answers), notebook=dict
    )
    harm = world.show_harm(honest, tmp_path / "file")
    assert harm.signs == set()


def test_the_class_is_as_broad_as_it_says():
    assert len(CLASS) >= 60
    assert len(CHOSEN) >= 60
    families = Counter(attack.family for attack in CLASS.values())
    assert len(families) >= 25
    assert {attack.harm for attack in CLASS.values()} == set(SIGNS)
    assert set(families) == {attack.family for attack in CHOSEN.values()}


def test_the_questions_that_attacks_name_are_in_the_notebook():
    known = set(world.questions())
    for attack in CLASS.values():
        assert {attack.cell, *attack.honest} <= known, attack.name
        assert attack.cell not in attack.honest, attack.name
        assert known >= world.TESTED


@pytest.mark.parametrize(
    ("page", "alive"),
    [
        ("<p>owned</p>", False),
        ("<a href='https://example.org/owned'>x</a>", False),
        ("<p>&lt;script&gt;owned&lt;/script&gt;</p>", False),
        ("<script>owned</script>", True),
        ("<a href='java\nscript:owned'>x</a>", True),
        ("<a href=' JavaScript:owned'>x</a>", True),
        ("<img src=x onerror='owned'>", True),
        ("<style>owned</style>", True),
        ("<iframe srcdoc='owned'></iframe>", True),
        ("<meta http-equiv=refresh content='0;url=//evil/owned'>", True),
        ("<svg onload=owned></svg>", True),
    ],
)
def test_active_markup_is_told_from_text(page, alive):
    assert bool(active_markup(page)) is alive
