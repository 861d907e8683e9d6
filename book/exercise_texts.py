"""What the overview of the exercises says in words; `exercise_pages` fills in the numbers."""

INTRODUCTION = """\
# 19. Exercises

*8 min · before this page: the section that each exercise names*

Reading about a convolution and computing one are different skills, and at work and in an
examination the second is asked of you as well. This section holds the chapter's twenty-five
exercises, some of ours for objectives that had none, and the code challenge of section 10:
**{hours:.0f} hours of work in all, and {points:g} points:
{machine:g} judged by machine, {words:g} in words.**
A machine says which mistake a wrong answer looks like. Of the answers in words, {count} count in a
course, and a person marks them; the others are practice. To each there is a sample answer with what
every point is given for. The notebook shows it when you write `True` in the line below your own;
the pages don't, because most of them also explain what a machine asks beside them.

**Do an exercise on the day you read its section**, and before you open a hint, write down what you
would try. The first hint is a nudge, the second says the way, the third leads nearly there; open
one at a time.

## How to start

1. **On your own machine**, with Python 3.11 or newer and `make`: get a copy of the book's
   repository, open a terminal in its folder and type `make lab`. This installs what is needed and
   opens JupyterLab on a page with a link to every exercise. (Without `make`, see its `README.md`.)
2. **With nothing to install**: where pages with code, such as
   [section 4.2](../notebooks/04/04-02-the-convolution-operation.ipynb), have a rocket at the top,
   click it and choose Binder. Download what you have written before you
   leave. <!-- where launched -->
3. **Then** open the exercise's notebook in the folder `exercises`, write your answer in the place
   of the dots, and run that cell and the next one: its `check(...)` says what the grader would say.

The pages of this section show the same statements and hints, for reading. `make check
NOTEBOOK=exercises/01-shapes-and-counts/01-shapes-and-counts.ipynb`, typed in the same terminal,
scores a whole notebook. Neither it nor `check(...)` is a grade, and an examination has neither. A
notebook that you download by itself doesn't run: it needs the rest of the repository.
"""

PATHS = """
## Which ones, if you can't do all?

**You have an hour.** Do exercises {hour}: {hour_minutes} minutes. They ask what comes out of a
layer, what it costs, and what batch normalisation computes, which is what you will need most often.
If you would rather find out what you have forgotten, take the
[ten multiple-choice questions](20/20-01-graded-questions.md) instead.

**You have a week.** Do the first seven notebooks of the table below, one an evening, in that order:
{week_hours:.0f} hours in all, one to three hours each. They follow the sections of the book, and in
each you write something yourself. If a second week follows,
[build a network up](19/19-11-build-up.md) from its parts and
[find the bugs](19/19-12-find-the-bug.md) in another.

**You have an examination.** Begin with the
[ten multiple-choice questions](20/20-01-graded-questions.md) as they will be asked, without the
book and in twenty minutes. They show you which sections to read again. Then do what can be asked on
paper, without any code: {exam}, together {exam_minutes} minutes. In the days that are left, go on
with the drill of [section 7](../notebooks/07-worked-examples.ipynb) until you get ten in a row, and
do the written parts of the exercises whose section you found hardest, because writing shows you
which step of the explanation you are missing. The [key takeaways](23-key-takeaways.md) and the
[cheat sheet](cheat-sheet.ipynb) are for the last evening.
"""

NOTEBOOKS = """
## By notebook

| notebook | machine-judged points | points in words | minutes |
|---|---|---|---|
{rows}

The pages are numbered as the notebooks are. Notebook 8 holds the multiple-choice questions, which
are [section 20.1](20/20-01-graded-questions.md), so there is no 19.8.
"""

NUMBERS = """
## By number

| exercise | about | points | in words | minutes | objectives |
|---|---|---|---|---|---|
{rows}
"""

CLOSING = """
## For the evening

[Beat the loss](19/19-13-beat-the-loss.ipynb) has no key and no points: 2,000 parameters, 60
seconds of a processor, and a leaderboard on your own machine that works every number out again.

## Three lines to keep

1. Try before you are sure: a wrong answer gets a reason back, and an empty one gets none. (Only the
   ten multiple-choice questions take something off for a wrong choice.)
2. Open one hint at a time, and try again before you open the next.
3. In a written answer each idea earns its points: say what happens and why, in the field's words.
"""
