"""What blind play earns: the most that an adversary finds who knows the answers' forms alone.

    python benchmarks/blind_play.py

The adversary reads what every answer has to look like, and no more: a number, a shape, letters, a
function of three arguments. It looks for the one rule a notebook that pays best, over rules such as
"17 everywhere", "the second number of each statement", "1 first, then what follows from it",
"every function returns its first argument", and keeps the best rule for numbers and the best for
functions; that it takes the best afterwards is in its favour. No key is known: a number is one that
anybody would try ("1 everywhere"), or is drawn, from 0 to 30 or among the powers of two, and then
what counts is the mean over the draw. (With hindsight, some number is always the key.) Choices are
counted apart: their expected points over all choices that could be made, and what simple patterns
earn.
"""

import itertools
import json
import random
import re
import warnings
from collections import Counter, defaultdict
from typing import Any

from blind_rules import (
    CONSTANTS,
    ROOT,
    Asked,
    Sheet,
    function_rules,
    number_rules,
    patterns,
    row_names,
    sheets,
)

from autograder.course.definition import Definition
from autograder.jail.student import LocalStudent

OUT = ROOT / "benchmarks/results/blind_play.json"
#: More sets of choices than these are drawn at random instead of all being tried.
MOST = 1500

# --- choices -------------------------------------------------------------------------------------


def _options(asked: Asked, sheet: Sheet) -> list[Any] | None:
    """Everything that can be answered to a choice; None where it is none."""
    if asked.form == "letters":
        sets = itertools.product((False, True), repeat=len(asked.choices))
        return ["".join(itertools.compress(asked.choices, chosen)) for chosen in sets]
    if asked.form == "letters in order":
        return ["".join(order) for order in itertools.permutations(asked.choices)]
    if asked.form == "dictionary" and asked.choices:
        rows = itertools.product(asked.choices, repeat=len(asked.keys))
        return [dict(zip(asked.keys, row, strict=True)) for row in rows]
    if asked.form.startswith("list of") and "words" in asked.form:
        rng = random.Random(1)
        count = int(re.findall(r"\d+", asked.form)[0])
        return [rng.sample(sheet.words, count) for _ in range(MOST)]
    if asked.form == "text" and asked.name == "ex13_largest":
        return list(row_names(sheet, asked.name))
    return list(asked.choices) or None


def choice_points(sheet: Sheet) -> list[tuple[float, float]]:
    """Points and what is taken off, for each set of choices that could be made in a question."""
    options = {a.name: found for a in sheet.asked if (found := _options(a, sheet))}
    if not options:
        return []
    sets = list(itertools.islice(itertools.product(*options.values()), 10**6))
    if len(sets) > MOST:
        sets = random.Random(2).sample(sets, MOST)
    found = []
    for chosen in sets:
        answers = dict(zip(options, chosen, strict=True))
        verdict = sheet.question.check(LocalStudent(answers))
        found.append((verdict.points, verdict.penalty))
    return found


def expected(rows: list[list[tuple[float, float]]]) -> float:
    """Expected points of choosing blindly in all these questions, after what is taken off."""
    chances: dict[tuple[float, float], float] = {(0.0, 0.0): 1.0}
    for outcomes in rows:
        counted = Counter((round(p, 4), round(off, 4)) for p, off in outcomes)
        after: dict[tuple[float, float], float] = defaultdict(float)
        for (points, off), chance in chances.items():
            for (more, taken), times in counted.items():
                key = (round(points + more, 4), round(off + taken, 4))
                after[key] += chance * times / len(outcomes)
        chances = after
    return sum(max(0.0, points - off) * chance for (points, off), chance in chances.items())


def best_of_choices(rows: list[list[tuple[float, float]]]) -> float:
    """The same, for who answers as many of the questions as pays best."""
    if any(off for row in rows for _, off in row):
        return max((expected(rows[:count]) for count in range(len(rows) + 1)), default=0.0)
    return sum(sum(points for points, _ in row) / len(row) for row in rows)


# --- what is drawn -------------------------------------------------------------------------------

#: What somebody who knows nothing writes down.
FOCAL = (-1, 0, 1, 2, 3, 4, 5, 10, 50, 100, 1000, 0.5)


def drawn(totals: dict[str, float]) -> dict[str, float]:
    """Points by rule, without those that only hindsight chooses: such numbers are drawn instead."""
    kept = {rule: points for rule, points in totals.items() if not rule[0].isdigit()}
    for tail in (" everywhere", " first, then what follows"):
        points = {value: totals.get(f"{value:g}{tail}", 0.0) for value in CONSTANTS}
        kept |= {f"{value:g}{tail}": points[value] for value in FOCAL}
        pools = {f"0 to {most}": range(most + 1) for most in range(1, 131)}
        pools |= {f"2 to 2^{most}": [2**n for n in range(1, most + 1)] for most in range(2, 31)}
        pools |= {f"10 to 10^{most}": [10**n for n in range(1, most + 1)] for most in range(2, 10)}
        pools |= {"a fraction": [value for value in CONSTANTS if value != int(value)]}
        for pool, values in pools.items():
            own = [points.get(value, totals.get(f"{value:g}{tail}", 0.0)) for value in values]
            kept[f"one of {pool}{tail}"] = sum(own) / len(own)
    pairs = re.compile(r"[01] first, then [01235]")  # the other numbers are drawn above
    return kept | {rule: points for rule, points in totals.items() if pairs.match(rule)}


# --- the table -----------------------------------------------------------------------------------


def play(definition: Definition, assignment: str) -> dict[str, Any]:
    """The best blind play of one notebook."""
    found = sheets(definition, assignment)
    worth = sum(sheet.question.points for sheet in found.values())
    totals: dict[str, dict[str, float]] = {
        "numbers": defaultdict(float),
        "functions": defaultdict(float),
        "patterns": defaultdict(float),
    }
    by_question: dict[str, dict[str, float]] = defaultdict(dict)
    rules = {"numbers": number_rules, "functions": function_rules, "patterns": patterns}
    for name, sheet in found.items():
        for kind, making in rules.items():
            for rule, answers in making(sheet):
                given = {key: value for key, value in answers.items() if value is not None}
                if given and (points := sheet.points(given)):
                    totals[kind][rule] += points
                    best = by_question[name].get(kind, 0)
                    by_question[name][kind] = max(best, points)
    rows = {name: row for name, sheet in found.items() if (row := choice_points(sheet))}
    hindsight = max(totals["numbers"].values(), default=0.0)
    totals["numbers"] = drawn(totals["numbers"])
    best = {
        kind: max(rule.items(), key=lambda r: r[1], default=("", 0.0))
        for kind, rule in totals.items()
    }
    outside = best["numbers"][1] + best["functions"][1]
    return {
        "points": worth,
        "outside_choices": round(outside, 3),
        "outside_percent": round(100 * outside / worth, 2),
        "with_hindsight_percent": round(100 * (hindsight + best["functions"][1]) / worth, 2),
        "rules": [best["numbers"][0], best["functions"][0]],
        "choices": round(best_of_choices(list(rows.values())), 3),
        "choices_percent": round(100 * best_of_choices(list(rows.values())) / worth, 2),
        "choices_worth": sum(found[name].question.points for name in rows),
        "best_pattern": [best["patterns"][0], round(best["patterns"][1], 3)],
        "by_question": dict(by_question),
    }


def main() -> None:
    """Play every notebook and write the table."""
    warnings.simplefilter("ignore")
    definition = Definition.read(ROOT)
    table = {}
    for assignment in definition.assignments():
        table[assignment] = row = play(definition, assignment)
        print(
            f"{assignment:32s} {row['points']:5g} points",
            f"outside choices {row['outside_percent']:.2f} % ({', '.join(row['rules'])};",
            f"with hindsight {row['with_hindsight_percent']:.2f} %)",
            f"choices {row['choices_percent']:.2f} %, worth {row['choices_worth']:g},",
            f"best pattern {row['best_pattern']}",
            sep="  ",
            flush=True,
        )
    OUT.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
