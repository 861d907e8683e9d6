"""A class of 300 made of oddities, and what each of its members must get.

Nothing in here imports the grader: people, notebooks, archives and expected marks follow from the
instructors' pages and from what the platforms write. `test_oddities.py` compares.
"""
