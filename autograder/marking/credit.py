"""What an answer is still worth after several attempts, while it is practised."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Credit:
    """How credit falls with attempts: not at all, unless a course says so.

    The first `free` attempts count fully; each one after that takes `percent_per_attempt` off,
    down to `at_least_percent`.

    >>> [Credit(free=2, percent_per_attempt=20, at_least_percent=50).share(n) for n in range(1, 7)]
    [1.0, 1.0, 0.8, 0.6, 0.5, 0.5]
    """

    free: int = 1
    percent_per_attempt: float = 0
    at_least_percent: float = 0

    def __post_init__(self):
        percents = (self.percent_per_attempt, self.at_least_percent)
        if self.free < 1 or not all(0 <= percent <= 100 for percent in percents):
            raise ValueError(
                f"{self}: at least one attempt is free, and percents lie between 0 and 100"
            )

    @property
    def falls(self) -> bool:
        """Whether a later attempt is worth less than the first."""
        return self.percent_per_attempt > 0 and self.at_least_percent < 100

    def share(self, attempt: int) -> float:
        """The share of the points that the `attempt`-th attempt can still earn."""
        lost = max(0, attempt - self.free) * self.percent_per_attempt
        return max(100 - lost, self.at_least_percent) / 100
