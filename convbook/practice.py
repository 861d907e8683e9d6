"""What an exercise notebook calls when you hand an answer in: see `autograder.handin`.

>>> hand_in("ex01", 27, "whole number")
ex01: this has the right form; it will be marked when you hand the notebook in.
"""

from autograder.handin import hand_in

__all__ = ["hand_in"]
