"""The command line ``python -m autograder COMMAND``: one module a command.

Arguments, questions and the pages of ``--help`` are click's, which dask brings in anyway. Typer was
tried: it reads the same off annotations, needs three packages more, and takes a third longer to
start. What a command works with is imported when it runs, so that help comes at once.
"""

import warnings

import click

from autograder import __version__
from autograder.cli import (
    check,
    collect,
    doctor,
    exercises,
    export,
    feedback,
    forget,
    grade,
    handout,
    regrade,
    report,
    share,
    texts,
    troubles,
)
from autograder.jail.kinds import NoIsolation
from autograder.run import child


class InOrder(click.Group):
    """A group that lists its commands in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=InOrder,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Usually in this order: doctor (can this machine isolate?), collect, grade, report, "
    "feedback, export. Every command says what to do next.",
)
@click.version_option(__version__, message="%(version)s")
def autograder() -> None:
    """Marks exercise notebooks.

    Students' code runs in a jail and only answers; what its answers are worth is computed outside.
    """


# In the order of an instructor's evening.
for _module in (
    *(doctor, collect, grade, check, exercises, handout),
    *(texts, regrade, share, feedback, report, export, forget),
):
    _module.command.short_help = (_module.command.help or "").partition("\n")[0]
    autograder.add_command(_module.command, _module.__name__.rpartition(".")[2])


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return the exit status."""
    child.start_lightly()
    warnings.filterwarnings("ignore", module="nbgrader")
    try:
        return autograder.main(arguments, prog_name="autograder", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:  # a RuntimeError
        click.echo("\nStopped. The same command goes on where this one ended.", err=True)
        return 130
    except NoIsolation as error:
        click.echo(f"Nothing was marked: {error}", err=True)
        return 3
    except SyntaxError as error:  # in code of the course: a checker, or what its notebooks import
        from autograder.marking.catalogue import place_and_reason

        click.echo(f"autograder: {place_and_reason(error)}", err=True)
        return 2
    except (ValueError, RuntimeError) as error:
        click.echo(f"autograder: {error}", err=True)
        return 2
    except OSError as error:
        click.echo(f"autograder: {troubles.of_system(error)}", err=True)
        return 2
    except Exception as error:
        if not (sentence := troubles.of_database(error)):
            raise
        click.echo(f"autograder: {sentence}", err=True)
        return 2
