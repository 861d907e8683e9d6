"""``autograder doctor``."""

import click

from autograder.cli import common


@click.command()
@common.course
@common.isolation
def command(folder, isolation):
    """Say what this machine can isolate, and prove it by trying to get out.

    Run it once on every machine that marks strangers' code, before the first class.

    \b
    Next:     python -m autograder collect ASSIGNMENT FILE.zip
    """
    from autograder.course.course import Course
    from autograder.jail import doctor

    return 0 if doctor.examine(isolation, places=Course(folder).private_places()) else 1
