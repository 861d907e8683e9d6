"""What a checker says about an answer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """The worth of one answer, and what the student is told about it.

    `points` lies between 0 and `max_points`. `messages` are whole sentences for the student and
    never name the right value. `misconception` is a short stable slug for the instructor's report
    (for example ``"forgot-bias"``), or None.
    """

    points: float
    max_points: float
    messages: tuple[str, ...] = ()
    misconception: str | None = None

    def __post_init__(self):
        if not 0 <= self.points <= self.max_points:
            raise ValueError(
                f"points {self.points} of {self.max_points}: give a part of max_points"
            )
        if isinstance(self.messages, str):
            raise TypeError(f"messages is the string {self.messages!r}; give a tuple of sentences")
