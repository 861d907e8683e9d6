"""Notebooks in and out: what students hand in, nbgrader's steps, the gradebook, feedback."""
