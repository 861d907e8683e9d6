"""Proves from inside the jail, before students' code runs, that nothing of the course opens there.

What a view should show is one thing (`autograder.jail.view`), what it does show another: a folder
that was mounted for a good reason may hold a course that somebody put there.
"""

from autograder.jail import probing
from autograder.jail.asking import Sitting
from autograder.jail.isolation import Jail, NoIsolation

TRY_AGAIN = "Nothing was marked; try again when this machine has less to do."
_SEARCH = """
import os
def opened(places, shown):
    found = []
    def within(path, folder):
        return path == folder or path.startswith(folder.rstrip("/") + "/")
    for place in places:
        if not os.path.lexists(place):
            continue
        if not os.path.isdir(place) or any(within(place, folder) for folder in shown):
            found.append(place)
            continue
        for folder, names, files in os.walk(place):
            paths = [os.path.join(folder, name) for name in (*names, *files)]
            alien = [p for p in paths if not any(within(s, p) or within(p, s) for s in shown)]
            found += alien
            names[:] = [n for n in names if os.path.join(folder, n) not in (*alien, *shown)]
    return found[:20]
"""


def prove(jail: Jail, places: tuple[str, ...]) -> None:
    """Look for `places` from inside a running jail; `NoIsolation` if one of them is there.

    An isolation that the instructor has chosen by name keeps its own promises.
    """
    if jail.kind != "bubblewrap":
        return
    shown = sorted({*jail.view.mounts, *jail.view.links})
    search = f"{_SEARCH}\nfound = opened({list(places)!r}, {shown!r})"
    with Sitting(jail, [search]) as sitting:
        answer = probing.ask(sitting, 0, "found")
    if not answer.is_given:
        answer = probing.ask_again(jail.profile, jail.kind, [search], "found")
    if not isinstance(answer.value, list):
        raise NoIsolation(
            "whether students' code could see the course could not be tried: "
            f"{answer.problem or 'the search was ended'}. {TRY_AGAIN}"
        )
    if answer.value:
        listed = "".join(f"\n  {path}" for path in answer.value)
        raise NoIsolation(
            f"students' code could see what it must not see:{listed}\nMove the course (or the "
            "package beside it) so that neither lies in the other; `python -m autograder doctor` "
            "looks again."
        )
