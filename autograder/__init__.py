"""Scoring of exercise notebooks that the students' own code cannot reach.

A student's code runs in a jail and can only *answer*; what an answer is worth is decided here, in
a process that never runs a line of it. See `book/instructors/` for its use and its promises.
"""

import sys

# jsonschema, which reads notebooks, would load this to check addresses in Unicode, and loading it
# compiles a grammar for seconds in every process. No notebook has such an address to check.
sys.modules.setdefault("rfc3987_syntax", None)
