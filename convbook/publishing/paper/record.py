"""The record sheet for the laboratory: a list of experiments, and a sheet to copy for each."""

import html

from convbook.publishing.paper.articles import Article

LABORATORY = ("10.", "11.", "18.")  # the sections that are worked through at a computer
ONLY_READ = {"11.4"}
ROOMS = {
    "What I predict, before the first run": 25,
    "What I change": 20,
    "What I measure, with units": 60,
    "What it means, in three sentences": 36,
}  # heights in mm
WHO = """<table class="who"><tbody>
<tr><td>Name</td><td class="fill"></td><td>Roll number</td><td></td></tr>
<tr><td>Course</td><td class="fill"></td><td>Batch</td><td></td></tr></tbody></table>"""


def record(articles: list[Article]) -> str:
    """The body of the document: the index page of a record, then one sheet for an experiment."""
    experiments = [
        one.title
        for one in articles
        if one.number.startswith(LABORATORY) and one.number not in ONLY_READ
    ]
    rows = "\n".join(row(number, title) for number, title in enumerate(experiments, 1))
    rooms = "\n".join(
        f'<div class="room" style="height: {height}mm"><p>{html.escape(title)}</p></div>'
        for title, height in ROOMS.items()
    )
    return f"""<section class="record"><h1>Laboratory record</h1>{WHO}
<table><thead><tr><th>No.</th><th>Experiment</th><th>Date</th><th>Marks</th><th>Signature</th></tr>
</thead><tbody>{rows}</tbody></table></section>
<section class="record"><h1>Record sheet</h1>{WHO}
<table class="who"><tbody><tr><td>Experiment</td><td class="fill"></td><td>Date</td>
<td style="width: 35mm"></td></tr></tbody></table>
{rooms}
<table class="who"><tbody><tr><td>Marks</td><td class="fill"></td><td>Signature</td><td></td></tr>
</tbody></table></section>"""


def row(number: int, title: str) -> str:
    name = html.escape(title)
    return f'<tr><td>{number}</td><td>{name}</td><td class="fill"></td><td></td><td></td></tr>'
