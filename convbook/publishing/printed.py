"""What Keras and scikit-learn print with characters as lines and columns becomes a table.

In a terminal ``model.summary()``, the log of ``fit`` and ``classification_report`` are 75 to 120
characters wide; a page in a telephone shows a third of that, and not the column that is asked for.
What else a cell prints says how many characters its columns take, so that the page can set them
small enough to fit.
"""

import re
from html import escape, unescape

from convbook.publishing.typesetting import spanned

TAG = re.compile(r"<[^>]+>")
INSIDE = "(?:(?!</pre>).)*"
# What Keras prints by Rich comes as several outputs: the model's name, the box, and its totals.
RICH = (
    rf'<div class="output text_html"><pre style="white-space:pre;[^>]*>({INSIDE})</pre>\s*</div>\s*'
)
SUMMARY = re.compile(f"(?:{RICH})+", re.DOTALL)
TOTAL = re.compile(r"\s*([\w -]+ params): ([\d,]+) \((.*?)\)")

PRINTED = re.compile(
    r'(?P<open><div class="output (?:text_plain|stream)[^"]*"><div class="highlight"><pre>)'
    rf"(?P<text>{INSIDE})(?P<close></pre>\s*</div>\s*</div>)",
    re.DOTALL,
)
EPOCH = re.compile(r"Epoch (\d+)/\d+\n(\d+/\d+ - .*)\n")
LOG = r"(?:Epoch \d+/\d+\n\d+/\d+ - .*\n)+"
METRIC = re.compile(r"(\w+): ([\d.e+-]+)")
REPORT = r"^ +precision +recall +f1-score +support\n\n(?:(?: *\S.*(?: +[\d.]+){2,4}\n)+\n?)+"
TABLES = re.compile(f"(?P<log>{LOG})|(?P<report>{REPORT})", re.MULTILINE)
CLASS = re.compile(r" *(\S.*?)((?:  +[\d.]+){2,4})$")

WHOLE = re.compile(r"(?<![\w.])-?\d[\d.]*e[+-]\d+|-&gt;")  # breaks at its hyphen otherwise
COLUMNS = re.compile(r"\S {2,}(?=\S)")
FITS = 42  # characters of a line that a telephone shows without help
MOST = 54  # and with smaller letters
SHORT = 20  # characters of a cell that shall not break


def table(
    head: list[str], rows: list[list[str]], foot=(), caption: str = "", constant=frozenset()
) -> str:
    """A table whose first column are words and whose others are numbers or sentences, as HTML.

    Columns with a name in ``constant`` give way where a telephone has no room for them; a line
    below the table says there what they hold.
    """

    def line(cells, tag="td"):
        first, *others = cells
        kinds = (
            f' class="number{" constant" * (name in constant)}"' if len(cell) <= SHORT else ""
            for cell, name in zip(others, head[1:] or others, strict=True)
        )
        numbers = (
            f"<{tag}{kind}>{escape(c)}</{tag}>" for c, kind in zip(others, kinds, strict=True)
        )
        return f"<tr><{tag}>{escape(first).replace('_', '_<wbr>')}</{tag}>{''.join(numbers)}</tr>"

    parts = [
        f"<caption>{escape(caption)}</caption>" if caption else "",
        f"<thead>{line(head, 'th').replace('_', '_<wbr>')}</thead>" if head else "",
        f"<tbody>{''.join(map(line, rows))}</tbody>",
        f"<tfoot>{''.join(map(line, foot))}</tfoot>" if foot else "",
    ]
    return (
        '<div class="pst-scrollable-table-container">'
        f'<table class="table printed">{"".join(parts)}</table></div>{held(head, rows, constant)}'
    )


def held(head: list[str], rows: list[list[str]], constant) -> str:
    values = [f"{name} {rows[0][head.index(name)]}" for name in head if name in constant]
    return f'<p class="constants">In every row: {escape(", ".join(values))}</p>' if values else ""


def plain(markup: str) -> str:
    return unescape(TAG.sub("", markup))


def summary(found: re.Match) -> str:
    """The summary that Keras draws with Rich, as one table; its totals are the last rows."""
    model, box, *lines = map(plain, [*re.findall(RICH, found[0], re.DOTALL), ""])
    totals = [total for total in map(TOTAL.match, lines) if total]
    if not (model.startswith("Model: ") and box.startswith("┏") and len(totals) == len(lines) - 1):
        return found[0]
    rows: list[list[str]] = []
    for line in box.splitlines():
        if line[0] not in "┃│":
            rows.append([])  # a rule: the next row begins
            continue
        cells = [cell.strip() for cell in re.split("[┃│]", line)[1:-1]]
        # A name that is too long for its column goes on in the next line.
        before = rows[-1] or [""] * len(cells)
        rows[-1] = [f"{a} {b}".strip() for a, b in zip(before, cells, strict=True)]
    head, *body = filter(None, rows)
    foot = [[total[1], *[""] * (len(head) - 3), total[3], total[2]] for total in totals]
    return f'<div class="output text_html">{table(head, body, foot, model.strip())}</div>'


def log(text: str) -> str:
    """What ``fit`` prints with ``verbose=2``, a row an epoch; the lines themselves are below."""
    epochs = EPOCH.findall(text)
    metrics = [dict(METRIC.findall(line)) for _, line in epochs]
    names = list(dict.fromkeys(name for row in metrics for name in row))
    rows = [
        [number, *(row.get(name, "") for name in names)]
        for (number, _), row in zip(epochs, metrics, strict=True)
    ]
    same = {name for name in names if len({row.get(name) for row in metrics}) == 1 < len(rows)}
    drawn = table(["epoch", *names], rows, constant=same)
    lines = f"<summary>The lines as Keras prints them</summary><pre>{escape(text)}</pre>"
    return f"{drawn}<details>{lines}</details>"


def report(text: str) -> str:
    """scikit-learn's report of a classification, its averages last."""
    head, _, body = text.partition("\n")
    columns = head.split()
    rows = []
    for line in filter(None, body.splitlines()):
        name, numbers = CLASS.match(line).groups()  # type: ignore[union-attr]
        cells = numbers.split()
        rows.append([name, *[""] * (len(columns) - len(cells)), *cells])
    averages = [row[0] in ("accuracy", "micro avg") for row in rows].index(True)
    return table(["class", *columns], rows[:averages], rows[averages:])


def printed(found: re.Match) -> str:
    """The text that a cell prints: what is a table becomes one, and the rest learns its width."""
    if "<span class" in found["text"]:  # colours of a terminal
        return found[0]
    text = plain(found["text"])
    parts, end = [], 0
    for lines in TABLES.finditer(text):
        parts.append(as_text(found, text[end : lines.start()]))
        drawn = log(lines[0]) if lines["log"] else report(lines[0])
        parts.append(f'<div class="output text_html">{drawn}</div>')
        end = lines.end()
    parts.append(as_text(found, text[end:]) if end else with_width(found[0], text))
    return "".join(parts)


def columns(text: str) -> str | None:
    """A text whose lines all have the same columns, too many for a telephone, as a table."""
    rows = [re.split(r" {2,}", line.strip()) for line in text.splitlines() if line.strip()]
    if len(rows) < 2 or len({len(row) for row in rows}) > 1 or len(rows[0]) < 2:
        return None
    named = not any(char.isdigit() for char in "".join(rows[0]))
    return table(rows[0], rows[1:]) if named else table([], rows)


def as_text(found: re.Match, text: str) -> str:
    markup = f"{found['open']}<span></span>{escape(text, quote=False)}{found['close']}"
    return with_width(markup, text) if text.strip() else ""


def with_width(markup: str, text: str) -> str:
    """The output, and how many characters the widest of its lines with columns has; or a table."""
    markup = WHOLE.sub(spanned, markup)
    lines = [line for line in text.splitlines() if COLUMNS.search(line.strip())]
    widest = max(map(len, lines), default=0)
    if len(lines) < 2 or widest <= FITS:  # a line of its own is no column
        return markup
    if widest > MOST and (drawn := columns(text)):
        return f'<div class="output text_html">{drawn}</div>'
    marks = f' style="--characters:{widest}"' + (' class="columns"' if widest > MOST else "")
    return markup.replace("<pre>", f"<pre{marks}>", 1)


def set_tables(app, pagename, templatename, context, doctree):
    if "cell_output" in context.get("body", ""):
        context["body"] = PRINTED.sub(printed, SUMMARY.sub(summary, context["body"]))


def setup(app):
    app.connect("html-page-context", set_tables)
