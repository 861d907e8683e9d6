"""Scoring of exercise notebooks that the students' own code cannot reach.

A student's code runs in a jail and can only *answer*; what an answer is worth is decided here, in
a process that never runs a line of it. The engine knows no course: a course is a folder with
``autograder.toml``, source notebooks and checkers (see `autograder.course.definition`).
"""

__version__ = "0.2.0"
