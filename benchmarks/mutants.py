"""Change the code in every small way, and list what no test notices.

    python benchmarks/mutants.py                                # every part; hours
    python benchmarks/mutants.py nn.loss marking.sheet          # parts by name
    python benchmarks/mutants.py --show nn.loss                 # and print the survivors' changes
    python benchmarks/mutants.py --fifth run.pool               # every fifth change only

Each part is a module with the tests that are meant to hold it (`TESTS`; no Keras, no browser),
tried in a copy of the working tree: mutmut leaves nothing here. The table goes to
``benchmarks/results/mutants.md``, beside the rows of parts that were not tried now.

mutmut sees what runs in the test's own process. What a worker, a command or a jail runs counts as
never run, and so does what ran when a test file was imported. To survive is no fault by itself:
words of messages, ``strict=`` where lengths are equal anyway, a cheaper way to the same. Nor is
every survivor one: mutmut writes beside the module that it changes, which `run.key` takes for a
change of the engine. Apply it by hand, and see whether the tests fail.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks/results/mutants.md"
OPTIONS = ["-m", "not keras and not data and not browser", "-p", "no:cacheprovider"]
HEADING = """\
# What no test notices

`python benchmarks/mutants.py`: every small change of a module, and what its own quick tests say.

| part | mutants | noticed | survive | in code that these tests never run | on |
|---|---|---|---|---|---|
"""
#: Run where mutmut was: `mutmut show` would start a process for each change.
SHOW = """
import sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
module, *names = sys.argv[1:]
for name in names:
    changes = get_diff_for_mutant(name, path=module).splitlines()[2:]
    print(name, *(line for line in changes if line[:1] in "+-"), sep="\\n", flush=True)
"""
NOTHING_RUNS = "could not find any test case for any mutant"

#: The tests that each group names are quick: a second or two, with a jail up to ten.
ANSWERS = """
    questions/test_misconceptions.py::test_message_fires_on_its_mistake
    grading/test_answers.py::test_right_answer_earns_full_points
    grading/test_answers.py::test_wrong_answer_never_earns_full_points
    grading/test_answers.py::test_promised_part_is_given
    grading/test_answers.py::test_worthless_answer_earns_nothing
"""
GUESSES = """
    grading/test_guessing.py
    --deselect=tests/grading/test_guessing.py::test_outside_choices
    --deselect=tests/grading/test_guessing.py::test_choices_made_blindly
    --deselect=tests/grading/test_guessing.py::test_the_security_page
"""
STORED = """
    grading/test_resume.py::test_a_result_is_found_only_under_its_key
    grading/test_resume.py::test_the_store_keeps_a_result_its_notebook_and_what_has_reached_the_gradebook
    grading/test_resume.py::test_the_store_keeps_the_rules_of_the_last_whole_run
    grading/test_resume.py::test_a_file_is_written_beside_its_place_and_not_on_another_disk
    grading/test_resume.py::test_half_a_result_counts_as_none
    grading/test_resume.py::test_no_name_leads_out_of_the_store
    grading/test_resume.py::test_names_that_begin_alike_have_results_of_their_own
"""
BOUNDS = """
    grading/test_bounds.py::test_bounds_hold_for_what_is_done_within_and_are_gone_after
    grading/test_bounds.py::test_a_checker_that_takes_too_much_leaves_the_answer_to_a_person
    grading/test_bounds.py::test_what_feedback_quotes_is_kept_short
    grading/test_bounds.py::test_what_was_lost_in_a_crowd_is_marked_again_alone
"""
RULES = """
    grading/test_rules.py
    --deselect=tests/grading/test_rules.py::test_an_edit_marks_exactly_those_again_whom_it_concerns
    grading/test_mended.py::test_a_new_written_answer_makes_a_new_result
    grading/test_variants.py::test_other_numbers_make_another_result
"""
#: Of these, each marks submissions in the test's own process; only students' code is in a jail.
OPEN = "grading/test_open_marks.py::test_nbgraders_own_command_leaves_it_open_too"
GRADED = """
    grading/test_open_marks.py::test_a_person_settles_it_and_it_stays_settled
    grading/test_variants.py::test_the_folder_decides_whose_numbers_count_and_the_submission_does_not
"""
REGRADED = """
    grading/test_upgrade.py::test_a_regrade_shows_what_the_new_version_changes_and_goes_on_with_the_log
"""
OWN_NUMBERS = "grading/test_variants.py"
#: What holds the parts of a folder, or one part. With `--assignment`, claims about the answers to
#: every question are tried on the notebooks that have questions of that kind, and no others.
TESTS = {
    "shapes": "test_shapes.py test_doctests.py",
    "nn": """
        nn/test_arguments.py nn/test_conv.py nn/test_fit.py nn/test_layers.py nn/test_parameters.py
        --deselect=tests/nn/test_fit.py::test_digits_reach_98_percent
    """,
    "marking": f"grading/test_sheet.py {GUESSES}",
    "marking.catalogue": f"grading/test_another_course.py {RULES}",
    "marking.credit": "practice/test_practising.py",
    "marking.functions": f"{ANSWERS} --assignment=03-pooling-and-invariance",
    "marking.methods": f"{ANSWERS} --assignment=03-pooling-and-invariance",
    "marking.parts": f"grading/test_sheet.py {GUESSES} {ANSWERS}"
    " --assignment=01-shapes-and-counts,02-receptive-fields,03-pooling-and-invariance",
    "marking.question": f"{GUESSES} {OWN_NUMBERS}",
    "marking.result": f"{STORED} {OPEN}",
    "marking.rubric": "grading/test_rubrics.py",
    "marking.sheet": f"grading/test_sheet.py {GUESSES} {ANSWERS} --assignment=01-shapes-and-counts",
    "marking.variants": OWN_NUMBERS,
    "marking.verdict": f"""
        grading/test_sheet.py {GUESSES} {BOUNDS}
        grading/test_open_marks.py::test_a_verdict_that_is_open_says_so
    """,
    "run": f"{GRADED} {REGRADED}",
    "run.bounds": BOUNDS,
    "run.child": "grading/test_mended.py::test_workers_end_with_a_grader_that_is_killed",
    "run.cluster": "grading/test_cluster.py::test_students_work_never_travels_in_the_clear",
    "run.ids": "grading/test_text.py",
    "run.job": f"{RULES} {OWN_NUMBERS}",
    "run.key": RULES,
    "run.log": "grading/test_text.py",
    "run.pool": f"{BOUNDS} {GRADED}",
    "run.profiles": f"""
        grading/test_profiles.py {RULES}
        grading/test_view.py::test_each_notebook_has_the_packages_that_it_admits
    """,
    "run.regrading": f"grading/test_regrading.py {GRADED} {REGRADED}",
    "run.scoring": f"{BOUNDS} {GRADED}",
    "run.selfcheck": "questions/test_check.py",
    "run.store": STORED,
}


def parts() -> dict[str, tuple[str, list[str]]]:
    """What is tried: a module and its tests, by a short name such as ``nn.loss``."""
    found = {}
    for folder in ("convbook/shapes", "convbook/nn", "autograder/marking", "autograder/run"):
        for path in sorted((ROOT / folder).glob("*.py")):
            if path.stem != "__init__":
                name = f"{path.parent.name}.{path.stem}"
                tests = TESTS.get(name, TESTS[path.parent.name]).split()
                tests = [test if test.startswith("-") else f"tests/{test}" for test in tests]
                found[name] = (path.relative_to(ROOT).as_posix(), tests)
    return found


def settings(module: str, tests: list[str]) -> str:
    """The table of pyproject.toml that makes mutmut change this module and run these tests."""
    package = module.split("/")[0]
    options = [argument for argument in tests if argument.startswith("-")]
    tests = [argument for argument in tests if argument not in options]
    others = sorted(
        path.name
        for path in ROOT.iterdir()
        if path.name not in (package, "tests", "mutants") and not path.name.startswith((".", "_b"))
    )
    return (
        f'[tool.mutmut]\nsource_paths = ["{package}"]\nonly_mutate = ["{module}"]\n'
        f"also_copy = {others}\n"
        f"pytest_add_cli_args = {[*options, *OPTIONS]}\n"
        f"pytest_add_cli_args_test_selection = {tests}\n"
    )


def copy_of_the_tree(folder: Path) -> None:
    """Copy what git knows or would take, so that changes that are not committed count."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


def mutmut(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode and NOTHING_RUNS not in done.stdout:
        last = f"{done.stdout}\n{done.stderr}".replace("\r", "\n").strip().splitlines()[-15:]
        raise SystemExit("\n".join(["mutmut failed:", *last]))
    return done.stdout


def try_part(module: str, tests: list[str], show: bool, which: Iterable[str] = ()) -> Counter:
    """What became of a module's mutants, or of those of `which`: patterns of their names."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        copy_of_the_tree(folder)
        project = folder / "pyproject.toml"
        text = re.sub(r"(?ms)^\[tool\.mutmut\]\n.*?(?=^\[)", "", project.read_text("utf8"))
        project.write_text(f"{text}\n{settings(module, tests)}", "utf8")
        nothing_runs = NOTHING_RUNS in mutmut(folder, "run", *which)
        rows = re.findall(r"(?m)^ *(\S+): (.+)$", mutmut(folder, "results", "--all", "true"))
        survivors = [name for name, state in rows if state == "survived"]
        if show and survivors:
            command = [sys.executable, "-c", SHOW, module, *survivors]
            subprocess.run(command, cwd=folder, check=True)
    return Counter("no tests" if nothing_runs else state for _, state in rows)


def known_rows() -> dict[str, str]:
    """The rows of the table, by their parts."""
    text = RESULT.read_text("utf8") if RESULT.is_file() else ""
    return {name: row for row, name in re.findall(r"(?m)^(\| `([\w.]+)` \|.*)$", text)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    known = parts()
    parser.add_argument("parts", nargs="*", metavar="PART", help="such as nn.loss; none: all")
    parser.add_argument("--show", action="store_true", help="print what the survivors change")
    parser.add_argument("--fifth", action="store_true", help="try every fifth change only")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(known):
        parser.error(f"no part {', '.join(sorted(unknown))}; expected {', '.join(known)}")
    for name in options.parts or known:
        states = try_part(*known[name], options.show, ["*[05]"] if options.fifth else ())
        every, left_out = states.total(), states["not checked"]
        total, alive, unseen = every - left_out, states["survived"], states["no tests"]
        tried = f"{total} of {every}" if left_out else str(total)
        row = (
            f"| `{name}` | {tried} | {total - alive - unseen} | {alive} | {unseen} | "
            f"{date.today().isoformat()} |"
        )
        print(row, flush=True)
        rows = known_rows() | {name: row}
        RESULT.write_text(HEADING + "\n".join(rows[n] for n in known if n in rows) + "\n", "utf8")


if __name__ == "__main__":
    main()
