"""The bank that was written before a checker was read is large enough, for every question."""

from the_course import catalogue

from .answers import fresh


def test_every_question_has_eight_wrong_and_three_right_answers_written_unseen():
    short = {}
    for assignment, tables in fresh.TABLES.items():
        for question in set(catalogue.load(assignment)) & set(tables):
            found = {table: len(answers) for table, answers in tables[question].items()}
            if any(found[table] < least for table, least in fresh.LEAST.items()):
                short[question] = found
    assert short == {}


def test_no_question_is_left_out():
    written = {question for tables in fresh.TABLES.values() for question in tables}
    asked = {question for name in catalogue.assignments() for question in catalogue.load(name)}
    without, gone = asked - written, written - asked
    assert not without | gone, f"{fresh.__name__}: add {without}, take out {gone}"
