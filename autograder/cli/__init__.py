"""The command line ``python -m autograder COMMAND``: one module a command."""

import argparse
import sys
import warnings

from autograder.cli import (
    check,
    collect,
    doctor,
    exercises,
    export,
    feedback,
    grade,
    handout,
    regrade,
    report,
    share,
)
from autograder.jail.isolation import NoIsolation
from autograder.run import child

# In the order of an instructor's evening.
COMMANDS = {
    "doctor": doctor,
    "collect": collect,
    "grade": grade,
    "check": check,
    "exercises": exercises,
    "handout": handout,
    "regrade": regrade,
    "share": share,
    "feedback": feedback,
    "report": report,
    "export": export,
}


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with all commands."""
    parser = argparse.ArgumentParser(
        prog="autograder",
        description="Marks exercise notebooks. Students' code runs in a jail and only answers; "
        "what its answers are worth is computed outside.",
        epilog="Usually in this order: doctor (can this machine isolate?), collect, grade, report, "
        "feedback, export. Every command says what to do next.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=module.SUMMARY,
            description=module.SUMMARY[0].upper() + module.SUMMARY[1:] + ".",
            epilog=module.TEACHING,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.arguments(command)
        command.set_defaults(function=module.run)
    return parser


def main(arguments=None) -> int:
    """Run a command; return the exit status."""
    child.spare_grammar()
    options = build_parser().parse_args(arguments)
    warnings.filterwarnings("ignore", module="nbgrader")
    try:
        return options.function(options)
    except NoIsolation as error:
        print(f"Nothing was marked: {error}", file=sys.stderr)
        return 3
    except (ValueError, RuntimeError) as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on where this one ended.", file=sys.stderr)
        return 130
