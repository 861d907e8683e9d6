"""A student's id, and the name of the folder that stands for it.

An id may have any character. It is also the name of a folder, in which a slash can't stand:
`folder_of` writes what no folder may have as ``~2F``. Everywhere in the grader and in nbgrader's
gradebook, a student is called like the folder; people read and write the id.
"""

import re

_ESCAPED = re.compile(r"~([0-9A-F]{2})")
_UNFIT = re.compile(r"[/\\\0]|^\.|[. ]$|~(?=[0-9A-F]{2})")


def folder_of(student: str) -> str:
    """The folder's name of a student's id: the id itself, where a folder can be called so."""
    return _UNFIT.sub(lambda found: f"~{ord(found[0]):02X}", student)


def id_of(folder: str) -> str:
    """The id of a student by the folder's name."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), folder)
