"""What a marked notebook shows: what its cells printed, and the verdicts on the judged ones."""

import hashlib

from nbformat import from_dict

from autograder.marking.result import Result
from autograder.marking.verdict import Verdict
from autograder.notebooks.cells import is_judged, marks

MAGIC_NOTE = (
    "There are no programs of the system where notebooks are marked: what asks for one, after ! or "
    "by %pip, was passed over."
)


#: What nbgrader's LimitOutput leaves of a cell's output where a course says nothing else.
MOST_LINES = 1000


def verdict_for(cell, result: Result) -> Verdict:
    """Return the verdict on a judged cell; a cell that nobody marked is left open."""
    about = marks(cell)
    unmarked = Verdict.left_open(float(about["points"]), "it was not marked")
    return result.verdicts.get(about["grade_id"], unmarked)


def write_outputs(notebook, result: Result) -> None:
    """Write into a rebuilt notebook what its cells printed, and the verdicts."""
    for at, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        cell.execution_count = at + 1
        if is_judged(cell):
            verdict = verdict_for(cell, result)
            cell.outputs = _verdict_outputs(verdict, cell.execution_count)
            cell.metadata["autograder"] = {"early": list(verdict.early)}
        elif at in result.runs:
            cell.outputs = _run_outputs(result.runs[at])


def cut(notebook, most: int) -> None:
    """Cut what each cell printed after `most` lines (-1: nowhere), as nbgrader's LimitOutput does.

    Errors are left as they are: ours have one line.
    """
    for cell in notebook.cells:
        if most == -1 or cell.cell_type != "code":
            continue
        left, kept = most, []
        for output in cell.outputs:
            if output.output_type == "stream":
                if left == 0:
                    continue
                lines = output.text.split("\n")
                if len(lines) > left:
                    lines = [*lines[: left - 1], "... Output truncated ..."]
                output.text = "\n".join(lines)
                left -= len(lines)
            kept.append(output)
        cell.outputs = kept


def _printed(text):
    return from_dict({"output_type": "stream", "name": "stdout", "text": text})


def _verdict_outputs(verdict, count):
    # Never stderr: nbgrader takes it for a failure. Without a result it would give all points.
    outputs = [_printed("\n".join(verdict.messages) + "\n")] if verdict.messages else []
    points = {"text/plain": repr(float(verdict.points))}
    result = {"output_type": "execute_result", "data": points, "metadata": {}}
    return [*outputs, from_dict({**result, "execution_count": count})]


def _run_outputs(run):
    outputs = [_printed(run.text)] if run.text else []
    if run.magic:
        outputs.append(_printed(MAGIC_NOTE + "\n"))
    if run.error:
        name, _, what = run.error.partition(": ")
        error = {"output_type": "error", "ename": name, "evalue": what, "traceback": [run.error]}
        outputs.append(from_dict(error))
    return outputs


def answers_of(notebook, result: Result) -> dict[str, str]:
    """What each mark of a marked notebook is given for.

    That is what the checker says of a judged cell, and the text of any other.
    """
    return {
        marks(cell)["grade_id"]: _given_for(cell, result)
        for cell in notebook.cells
        if marks(cell).get("grade")
    }


def _given_for(cell, result):
    if is_judged(cell):
        verdict = verdict_for(cell, result)
        return "open" if verdict.is_open else repr(float(verdict.points))
    return hashlib.sha256(hashlib.sha256(cell.source.encode()).digest()).hexdigest()[:32]
