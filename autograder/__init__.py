"""Scoring of exercise notebooks that the students' own code cannot reach.

A student's code runs in a jail and can only *answer*; what an answer is worth is decided here, in
a process that never runs a line of it. See `book/instructors/` for its use and its promises.
"""
