"""Marks the siege where this file lies, as the user that runs it, and writes down what came of it.

python tests/grading/siege/run.py FOLDER [--every N] [--honest N] [--hoards N] [--together N]
                                         [--only NAME]...

`--only` names a hoarder by a part of its name or by its number in the table, from 0.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from the_course import catalogue, job  # noqa: E402

from autograder.jail import doctor  # noqa: E402
from autograder.run.pool import score_all  # noqa: E402
from autograder.run.store import Store  # noqa: E402
from grading.attacks import world  # noqa: E402
from grading.attacks.record import Attack  # noqa: E402
from grading.siege import GAINING, HOARDING, LEAKS, STEALING  # noqa: E402

HONEST = ("ex02", "ex09-count")
NEIGHBOUR = tuple(world.answers())


def _leaking(body: str) -> str:
    return "\n".join(
        f"def {name}(*a, **k):\n    a = (a, k)\n    {body}\n"
        for name in ("ex25_same", "ex22_saving", "ex25_symmetric")
    )


def besiegers(every: int = 1) -> dict[str, Attack]:
    """Those that steal, leak or gain, by name."""
    tables = (
        *((f"steals: {n}", "secret", code) for n, code in STEALING.items()),
        *((f"leaks: {n}", "secret", _leaking(body)) for n, body in LEAKS.items()),
        *((f"gains: {n}", "points", code) for n, code in GAINING.items()),
    )
    return {
        name: Attack(name, "siege", harm, code.strip(), honest=HONEST, keeps="at most")
        for name, harm, code in tables[::every]
    }


def hoarders(count: int | None = None, only: Sequence[str] = ()) -> dict[str, Attack]:
    """Those that take what belongs to others, by name; `count` of them, evenly chosen, or `only`
    the named."""
    step = len(HOARDING) // (count + 1) if count else 1
    chosen = list(HOARDING.items())[step if count else 0 :: step][:count]
    if only:
        table = enumerate(HOARDING.items())
        chosen = [(n, c) for at, (n, c) in table if any(o == str(at) or o in n for o in only)]
    return {
        name: Attack(name, "siege", "time", code.strip(), "ex25-same", honest=(), keeps="at most")
        for name, code in chosen
    }


def _points(store: Store, name: str) -> dict[str, float]:
    result = store.latest(name)
    return {q: v.points for q, v in result.verdicts.items() if v.points} if result else {}


def _fate(store: Store, name: str) -> str:
    """How a hoarder ended: its cell, or the calls of what it defines."""
    result = store.latest(name)
    if result is None:
        return "not marked"
    faults = [run.ended or run.error for run in result.runs.values() if run.error]
    said = result.verdicts["ex25-same"].messages
    return faults[0] if faults else " ".join(said)[:120]


class Siege:
    """One place, one user: everything that was marked there, and what was seen."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.treasures = world.plant(folder)
        self.before = world.fingerprint(self.treasures)
        self.doors = world.Doors(folder)
        self.places = {"COURSE": str(folder), "ROOT": str(ROOT), **self.doors.places()}
        self.worth = {n: float(q.points) for n, q in catalogue.load(world.ASSIGNMENT).items()}
        self.alice = self._hand_in(Attack("alice", "none", "time", honest=NEIGHBOUR), "alice-too")

    def _hand_in(self, attack: Attack, name: str) -> Path:
        at = self.folder / "submitted" / name / world.ASSIGNMENT
        world.hand_in(attack, at, self.folder, self.places)
        return at

    def mark(
        self, todo: dict[str, Path], results: str, seconds: float, may_fail: Iterable[str] = ()
    ) -> Store:
        """Mark submissions with two workers; all but those who `may_fail` have to get a result."""
        task = job(world.ASSIGNMENT, self.folder / results, seconds=seconds)
        outcomes = list(score_all(task, todo, workers=2))
        lost = {o.student: o.reason for o in outcomes if o.state != "scored"}
        if lost.keys() - set(may_fail) or len(outcomes) != len(todo):
            raise RuntimeError(f"not everybody was marked: {lost}")
        return Store(self.folder / results)

    def open_attack(self, attacks: dict[str, Attack]) -> dict:
        """Mark those that steal, leak and gain, and an honest one beside them."""
        todo = {name: self._hand_in(a, f"b{n}") for n, (name, a) in enumerate(attacks.items())}
        store = self.mark({**todo, "alice": self.alice}, "results", 4)
        honest = {name: self.worth[name] for name in HONEST}
        texts = {name: json.dumps(store.latest(name).to_plain()) for name in todo}
        return {
            "gained": {
                name: found
                for name in todo
                if not (found := _points(store, name)).items() <= honest.items()
            },
            "stolen": [name for name, text in texts.items() if "STOLEN" in text],
            "keys": [
                name for name, text in texts.items() if any(key in text for key in world.SECRETS)
            ],
            "leaked": [name for name, text in texts.items() if "LEAK:" in text],
            "alice": _points(store, "alice") == self.worth,
        }

    def hoard(self, attacks: dict[str, Attack], honest: int, together: int) -> dict[str, dict]:
        """Mark hoarders, so many of them `together`, with an honest class among them.

        Says whose neighbours lost points, and what became of each hoarder. Of a group whose
        neighbours did, each is tried once more without the others.
        """
        names, robbed, fates = list(attacks), {}, {}
        at = {name: self._hand_in(attacks[name], f"h{n}") for n, name in enumerate(names)}
        groups = [names[start : start + together] for start in range(0, len(names), together)]
        while groups:
            group = groups.pop(0)
            lost, found = self._mark_among(group, at, honest)
            fates |= found
            if lost:
                robbed[" + ".join(group)] = lost
                groups += [[name] for name in group] if len(group) > 1 else []
            print(f"  {group}: {len(lost)} of {honest} neighbours lost points", flush=True)
        return {"robbed": robbed, "fates": fates}

    def _mark_among(
        self, hoarders: Sequence[str], at: dict[str, Path], honest: int
    ) -> tuple[dict[str, dict], dict[str, str]]:
        """Mark hoarders and an honest class by turns; return who lost what, and their fates."""
        todo, share = {}, -(-honest // len(hoarders))
        for turn, name in enumerate(hoarders):
            todo[name] = at[name]
            neighbours = range(turn * share, min((turn + 1) * share, honest))
            todo |= {f"honest-{n}": self.alice for n in neighbours}
        place = "-".join(at[name].parent.name for name in hoarders)
        store = self.mark(todo, f"results-{place}", 1.5, hoarders)
        found = {student: _points(store, student) for student in todo}
        earned = {name: found.pop(name) for name in hoarders}
        lost = {student: points for student, points in found.items() if points != self.worth}
        lost |= {name: points for name, points in earned.items() if points}
        return lost, {name: _fate(store, name) for name in hoarders}


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--hoards", type=int)
    parser.add_argument("--honest", type=int, default=20)
    parser.add_argument("--together", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    options = parser.parse_args()
    doctor.require()
    options.folder.mkdir(parents=True, exist_ok=True)
    siege, open_attacks = Siege(options.folder), besiegers(options.every)
    report = {"attacks": len(open_attacks), **siege.open_attack(open_attacks)}
    if options.hoards != 0:
        hoards = hoarders(options.hoards, options.only)
        found = siege.hoard(hoards, options.honest, options.together)
        report |= {"hoards": len(hoards), **found}
    report["unharmed"] = world.fingerprint(siege.treasures) == siege.before
    report["knocks"] = len(siege.doors.heard)
    siege.doors.close()
    (options.folder / "report.json").write_text(json.dumps(report, indent=1))
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
