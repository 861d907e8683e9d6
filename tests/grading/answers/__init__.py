"""The mutation bank: for every question, answers that are right and answers that are not.

One module an assignment, each with three tables that map a question's id to named pieces of
student code:

- `RIGHT`: other forms and other implementations of the right answer; each earns full points;
- `WRONG`: mistakes; none earns full points;
- `PARTIAL`: `(code, points)` where the question's text promises a certain part of the points;

and `NAMES`, the answer names of each question with their kind, from which `junk.py` makes the
answers that are wrong for every question. Right values are counted here by brute force; nothing is
taken from the library or from the checkers.
"""
