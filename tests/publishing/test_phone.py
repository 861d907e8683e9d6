"""What a page does so that a telephone shows all of it: printed tables, tables, figures."""

import base64
import re
from types import SimpleNamespace

from convbook.plotting import plot
from convbook.publishing import legible, printed, tables

PRE = '<div class="output text_html"><pre style="white-space:pre;overflow-x:auto">{}</pre>\n</div>'
BOX = """\
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┓
┃<b> Layer (type)        </b>┃ Output Shape ┃ Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━┩
│ batch_normalization │ (None, 8)    │      32 │
│ (<i>BatchNormaliza…</i>)   │              │         │
├─────────────────────┼──────────────┼─────────┤
│ dense (Dense)       │ (None, 3)    │   1,027 │
└─────────────────────┴──────────────┴─────────┘
"""
TOTALS = ("<b> Total params: </b>1,059 (4.14 KB)\n", " Trainable params: 1,043 (4.07 KB)\n")
STREAM = (
    '<div class="output stream highlight-myst-ansi notranslate"><div class="highlight"><pre>'
    "<span></span>{}</pre></div>\n</div>"
)
LOG = """\
Epoch 1/2
45/45 - 5s - 120ms/step - accuracy: 0.1347 - loss: 3.0059 - val_loss: 2.4844
Epoch 2/2
45/45 - 5s - 106ms/step - accuracy: 0.1903 - loss: 2.4876 - val_loss: 2.4571
"""
REPORT = """\
              precision    recall  f1-score   support

   leaf spot       0.95      0.84      0.89        83
        rust       0.99      0.98      0.98        84

    accuracy                           0.84       500
weighted avg       0.86      0.84      0.84       500
"""


def shown(body: str, module=printed) -> str:
    context = {"body": f'<div class="cell_output">{body}</div>'}
    step = module.set_tables if module is printed else module.restyle_tables
    step(None, "page", "", context, None)
    return context["body"]


def rows(html: str) -> list[list[str]]:
    """The text of a table's cells."""
    return [
        [tables.text(cell) for cell in re.findall(r"<t[hd]\b.*?</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL)
    ]


def test_a_keras_summary_is_one_table_with_its_totals():
    html = shown("".join(map(PRE.format, ('<b>Model: "net"</b>', BOX, *TOTALS))) + "<p>after</p>")
    assert rows(html) == [
        ["Layer (type)", "Output Shape", "Param #"],
        ["batch_normalization (BatchNormaliza…)", "(None, 8)", "32"],
        ["dense (Dense)", "(None, 3)", "1,027"],
        ["Total params", "4.14 KB", "1,059"],
        ["Trainable params", "4.07 KB", "1,043"],
    ]
    assert "<pre" not in html
    assert html.count("<div") == html.count("</div")


def test_what_else_rich_prints_stays():
    body = PRE.format("A note.") + PRE.format(BOX)
    assert body in shown(body)


def test_a_log_of_epochs_is_a_table_and_its_lines_are_kept():
    html = shown(STREAM.format(LOG))
    assert rows(html) == [
        ["epoch", "accuracy", "loss", "val_loss"],
        ["1", "0.1347", "3.0059", "2.4844"],
        ["2", "0.1903", "2.4876", "2.4571"],
    ]
    assert LOG in html
    assert html.count("<div") == html.count("</div")


def test_a_metric_that_no_epoch_changes_gives_way_on_a_telephone():
    lines = LOG.replace(" - val_loss", " - learning_rate: 0.001 - val_loss")
    html = shown(STREAM.format(lines))
    hidden = re.findall(r'class="number constant">(.*?)</t', html)
    assert hidden == ["learning_<wbr>rate", "0.001", "0.001"]
    assert '<p class="constants">In every row: learning_rate 0.001</p>' in html
    assert "constant" not in shown(STREAM.format(LOG))


def test_a_number_that_is_printed_does_not_break_at_its_minus():
    html = shown(STREAM.format("relative error 6.6e-03, of well-known signs\n"))
    assert '<span class="whole">6.6e-03</span>, of well-known signs' in html


def test_a_report_of_classes_is_a_table_and_what_is_printed_around_it_stays():
    html = shown(STREAM.format(f"before\n{REPORT}rival: 0.25\n"))
    assert rows(html) == [
        ["class", "precision", "recall", "f1-score", "support"],
        ["leaf spot", "0.95", "0.84", "0.89", "83"],
        ["rust", "0.99", "0.98", "0.98", "84"],
        ["accuracy", "", "", "0.84", "500"],
        ["weighted avg", "0.86", "0.84", "0.84", "500"],
    ]
    assert re.findall(r"(before|rival: 0.25)\n</pre>", html) == ["before", "rival: 0.25"]


def test_columns_in_text_say_how_wide_they_are_and_sentences_do_not():
    columns = "name" + " " * 20 + "a number and a word\n" + "x" * 30 + "  12\n"
    assert "--characters:43" in shown(STREAM.format(columns))
    assert "--characters" not in shown(STREAM.format("weights: [-1.7  1.3  0.4]" + "x" * 30))
    assert "--characters" not in shown(STREAM.format("A long sentence of " + "words " * 30))


def test_columns_that_are_too_wide_are_a_table():
    head = f"run{' ' * 40}accuracy{' ' * 9}recipe\n"
    lines = f"a long name{' ' * 33}85.9%{' ' * 9}Adam, 15 epochs\n"
    assert rows(shown(STREAM.format(head + lines))) == [
        ["run", "accuracy", "recipe"],
        ["a long name", "85.9%", "Adam, 15 epochs"],
    ]


def of_cells(*lines: str) -> str:
    def row(line, tag):
        return f"<tr>{''.join(f'<{tag}><p>{c}</p></{tag}>' for c in line.split('|'))}</tr>"

    head, *body = lines
    inside = f"<thead>{row(head, 'th')}</thead><tbody>{''.join(row(b, 'td') for b in body)}</tbody>"
    return f'<table class="table">{inside}</table>'


def test_columns_of_numbers_are_marked_and_a_pair_may_stand_on_two_lines():
    html = shown(of_cells("library|LeNet|note", "NumPy|1.26 / 0.67|ours", "MyGrad|–|slow"), tables)
    assert re.findall(r'<t\w class="number"><p>(.*?)</p>', html) == [
        "LeNet",
        '1.26 <span class="below">/ 0.67</span>',
        "–",
    ]
    assert "stacked" not in html


def test_a_wide_table_of_words_names_its_column_in_every_cell_and_stays_a_table_to_listeners():
    words = "a few words that take room"
    html = shown(of_cells("who|what|when|where", f"one|{words}|1998|{words}"), tables)
    assert 'class="table stacked" role="table"' in html
    assert re.findall(r'data-label="(\w+)"', html) == ["who", "what", "when", "where"]
    assert html.count('role="columnheader"') == html.count('role="cell"') == 4
    narrow = of_cells("who|what", f"one|{words}")
    assert narrow in shown(narrow, tables)


def test_a_figure_whose_letters_would_be_too_small_on_a_telephone_is_wider_there():
    app = SimpleNamespace(builder=SimpleNamespace(name="html"), srcdir="")

    def page(width):
        figure = plot(lambda axes: axes.set(xlabel="x"), "empty axes", size=(width, 2))
        context = {"body": figure.data}
        legible.keep_legible(app, "page", "", context, None)
        return context["body"]

    assert "pan" not in page(6)
    width = int(re.search(r'<span class="pan [^"]*" style="--least:(\d+)px"><img', page(7))[1])
    svg = base64.b64decode(re.search(r'base64,([^"]+)', page(7))[1]).decode()
    points = float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
    assert width * 11.5 / points >= 8.9  # letters of 11.5 points, in pixels
