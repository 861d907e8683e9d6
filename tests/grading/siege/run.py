"""Marks the siege where this file lies, as the user that runs it, and writes down what came of it.

python tests/grading/siege/run.py FOLDER [--every N] [--honest N] [--hoards N]
"""

import argparse
import json
import sys
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


def hoarders(count: int | None = None) -> dict[str, Attack]:
    """Those that take what belongs to others, by name; `count` of them, evenly chosen."""
    step = len(HOARDING) // (count + 1) if count else 1
    chosen = list(HOARDING.items())[step if count else 0 :: step][:count]
    return {
        name: Attack(name, "siege", "time", code.strip(), "ex25-same", honest=(), keeps="at most")
        for name, code in chosen
    }


def _points(store: Store, name: str) -> dict[str, float]:
    result = store.latest(name)
    return {q: v.points for q, v in result.verdicts.items() if v.points} if result else {}


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

    def mark(self, todo: dict[str, Path], results: str, seconds: float) -> Store:
        """Mark submissions with two workers; everybody has to get a result."""
        task = job(world.ASSIGNMENT, self.folder / results, seconds=seconds)
        outcomes = list(score_all(task, todo, workers=2))
        lost = {o.student: o.reason for o in outcomes if o.state != "scored"}
        if lost or len(outcomes) != len(todo):
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

    def hoard(self, attacks: dict[str, Attack], honest: int) -> dict[str, list]:
        """Mark each hoarder with an honest class beside it; say whose neighbours lost points."""
        robbed = {}
        for number, (name, attack) in enumerate(attacks.items()):
            todo = {"hoarder": self._hand_in(attack, f"h{number}")}
            todo |= {f"honest-{n}": self.alice for n in range(honest)}
            store = self.mark(todo, f"results-{number}", 1.5)
            lost = [student for student in todo if student != "hoarder"]
            lost = [student for student in lost if _points(store, student) != self.worth]
            if lost or _points(store, "hoarder"):
                robbed[name] = [*lost, _points(store, "hoarder")]
            print(f"  {name}: {len(lost)} of {honest} neighbours lost points", flush=True)
        return robbed


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--hoards", type=int)
    parser.add_argument("--honest", type=int, default=20)
    options = parser.parse_args()
    doctor.require()
    options.folder.mkdir(parents=True, exist_ok=True)
    siege, open_attacks = Siege(options.folder), besiegers(options.every)
    report = {"attacks": len(open_attacks), **siege.open_attack(open_attacks)}
    if options.hoards != 0:
        hoards = hoarders(options.hoards)
        report |= {"hoards": len(hoards), "robbed": siege.hoard(hoards, options.honest)}
    report["unharmed"] = world.fingerprint(siege.treasures) == siege.before
    report["knocks"] = len(siege.doors.heard)
    siege.doors.close()
    (options.folder / "report.json").write_text(json.dumps(report, indent=1))
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
