"""Plain text tables for the terminal."""


def layout(rows: list[list[str]], right: set[int] = frozenset()) -> str:
    """Line columns up; those whose numbers are in `right` are aligned to the right."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "  ".join(
            text.rjust(width) if at in right else text.ljust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "-" * max(len(line) for line in lines))
    return "\n".join(lines)


def _number(points) -> str:
    return "·" if points is None else f"{points:g}"


def _cell(verdict) -> str:
    return "open" if verdict.is_open else _number(verdict.points)


def class_table(course, assignment: str, outcomes) -> str:
    """The class: a row per student, a column per judged question, the sum, and what to know."""
    questions = course.questions(assignment)
    store = course.store(assignment)
    head = ["student", *questions, "sum", "note"]
    total = sum(question.points for question in questions.values())
    rows = [head, ["(of)", *[_number(q.points) for q in questions.values()], _number(total), ""]]
    for outcome in outcomes:
        result = store.latest(outcome.student)
        if result is None or outcome.state in ("failed", "no notebook"):
            rows.append([outcome.student, *["·"] * len(questions), "·", outcome.state])
            continue
        points = [_cell(result.verdicts[name]) for name in questions]
        notes = [] if outcome.state == "scored" else [outcome.state]
        if result.open:
            notes.append(f"{len(result.open)} to mark by hand")
        note = ", ".join(notes)
        rows.append([outcome.student, *points, _number(result.points), note])
    return layout(rows, right=set(range(1, len(head) - 1)))
