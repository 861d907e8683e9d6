"""Whose a file is, by the names in its path and by what the instructor says of it.

The outermost name that says something decides: the system's, and never what a student called a
file. A folder around everything says nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath, PurePosixPath

from autograder.course import archives, names, platforms
from autograder.course.platforms import Clock, Label


@dataclass(frozen=True)
class Owner:
    """What a path says, and whose the file is: nobody's, one student's, or that of several.

    `depth` is how many folders lie around what the label was read from. `is_told` says that the
    instructor named the file by its number or path, which no other one has.
    """

    label: Label
    depth: int
    students: tuple[str, ...] = ()
    is_told: bool = False


class Owners:
    """Finds the owners of files that came together, from `paths` inside what was given.

    `meant` is what the instructor says of names, numbers and paths, each as `names.plain` has it.
    """

    def __init__(
        self,
        paths: Sequence[PurePath],
        assignment: str,
        roster: names.Roster,
        meant: Mapping[str, tuple[str, ...]],
    ):
        self.assignment, self.roster, self.meant = assignment, roster, meant
        self.around = _common(paths)
        self.several = len({path.name for path in paths}) > 1
        labels = [_label(path, self.around) for path in paths]
        # Moodle puts the name of a group before each of several names.
        self.are_teams = len(paths) > 1 and all(label and label.group for label in labels)

    def of(self, path: PurePath) -> Owner:
        """Whose a file is; where no single student is found, its label is all that is known."""
        if told := next(filter(None, map(self.meant.get, self._keys(path))), None):
            return replace(self._unknown(path), students=told, is_told=True)
        for depth in range(self.around + 1):
            label = _label(path, depth) or self._plain_label(path, depth)
            whos = label.who if label else ()
            if self.are_teams and label and label.group:
                whos = (label.shown.removeprefix(f"{label.group}-"),)
            found = {names.owners(who, self.roster, self.meant) for who in whos} - {()}
            if label and len(found) == 1:
                return Owner(label, depth, found.pop())
        return self._unknown(path)

    def _keys(self, path: PurePath) -> Iterator[str]:
        """What names this very file: its path or that of its folder, the platform's number.

        Below the name that the platform gave, a student may have written anything.
        """
        for depth in range(self.around + 1):
            for end in range(len(path.parts), depth, -1):
                if end - depth > 1:
                    yield names.plain(PurePosixPath(*path.parts[depth:end]).as_posix())
            if label := _label(path, depth):
                yield names.plain(path.parts[depth])
                if label.number:
                    yield names.plain(key_of(label.shown, label.number, ""))
                    yield names.plain(label.number)
                return

    def _unknown(self, path: PurePath) -> Owner:
        """What a path says where that leads to nobody."""
        for depth in range(self.around + 1):
            if label := _label(path, depth):
                return Owner(label, depth)
        depth = min(self.around, len(path.parts) - 1)
        return Owner(Label((path.parts[depth],), Clock.NOWHERE), depth)

    def _plain_label(self, path: PurePath, depth: int) -> Label | None:
        """The folder at a depth, or the file; one alone in a folder is not called after anybody."""
        if depth < len(path.parts) - 1:
            inner = archives.zip_of(path.parts[depth])
            who = platforms.stem_of(inner, self.assignment) if inner else path.parts[depth]
            return Label((who,), Clock.NOWHERE)
        if depth and not self.several:
            return None
        return Label((platforms.stem_of(path.name, self.assignment),), Clock.NOWHERE)


def key_of(who: str, number: str, origin: str) -> str:
    """What to write into a file for ``--map`` where the name alone is that of several people."""
    return f"{who}_{number}" if number else origin


def _common(paths: Sequence[PurePath]) -> int:
    """How many folders lie around all that was found."""
    folders = [path.parts[:-1] for path in paths]
    shared = 0
    while folders and all(len(f) > shared and f[shared] == folders[0][shared] for f in folders):
        shared += 1
    return shared


def _label(path: PurePath, depth: int) -> Label | None:
    """What a platform says in a path below a depth; it may also have named a zip that came."""
    inner = archives.zip_of(path.parts[depth]) if depth < len(path.parts) else ""
    below = PurePosixPath(*path.parts[depth:]).as_posix()
    return platforms.label_of(below) or (platforms.label_of(inner) if inner else None)
