"""What a checker says about an answer."""

from dataclasses import dataclass

OPEN_MESSAGE = "This answer could not be marked automatically; your instructor will look at it."


@dataclass(frozen=True)
class Verdict:
    """The worth of one answer, and what the student is told about it.

    `points` lies between 0 and `max_points`. `messages` are whole sentences for the student and
    never name the right value. `misconception` is a short stable slug for the instructor's report
    (for example ``"forgot-bias"``), or None. `fault` says why the mark is *open*: the checker
    itself failed, and a person has to mark the answer; its points are 0 until then. `early` are the
    messages before the deadline, where they are others, and `penalty` is what a wrong choice takes
    off the whole notebook (see `autograder.marking.guessing`).
    """

    points: float
    max_points: float
    messages: tuple[str, ...] = ()
    misconception: str | None = None
    fault: str = ""
    early: tuple[str, ...] = ()
    penalty: float = 0.0

    def __post_init__(self):
        if not 0 <= self.points <= self.max_points:
            raise ValueError(
                f"points {self.points} of {self.max_points}: give a part of max_points"
            )
        if isinstance(self.messages, str):
            raise TypeError(f"messages is the string {self.messages!r}; give a tuple of sentences")

    @classmethod
    def left_open(cls, max_points: float, fault: str) -> "Verdict":
        """Return what is said where no mark could be computed; `fault` is for the instructor."""
        return cls(0, max_points, (OPEN_MESSAGE,), fault=fault or "it could not be marked")

    @property
    def is_open(self) -> bool:
        """Whether a person has to mark the answer."""
        return bool(self.fault)
