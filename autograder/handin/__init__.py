"""The student's side: hands an answer in and looks at its form. It needs NumPy and nothing else."""

from autograder.handin.checking import hand_in

__all__ = ["hand_in"]
