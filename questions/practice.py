"""How attempts count while learners practise: here every attempt counts fully.

A course that wants credit to fall writes, for instance,
``CREDIT = Credit(free=3, percent_per_attempt=10, at_least_percent=50)``.
"""

from autograder.marking.credit import Credit

CREDIT = Credit()
