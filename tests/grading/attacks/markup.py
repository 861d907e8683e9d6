"""Attacks on whoever reads the feedback: script, SVG, HTML and CSS from every corner of a notebook.

Each payload would set `window.owned` in the reader's browser, or carries the mark `owned-markup`
inside something active. None may survive into the feedback page as markup.
"""

from .record import attack

SCRIPT = "<script>window.owned=1/*owned-markup*/</script>"
IMAGE = '<img src=x onerror="window.owned=1/*owned-markup*/">'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="window.owned=1/*owned-markup*/"><script>window.owned=1</script></svg>'


def shows(name: str, code: str, **fields) -> None:
    attack(
        name,
        fields.pop("family", "markup in outputs"),
        "markup",
        "ex01_output_size = 31\n" + code,
        **fields,
    )


def output(data: dict, metadata: dict | None = None):
    """A change of the notebook that puts a ready-made output under the last answer cell."""

    def change(notebook: dict) -> dict:
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"] = [
                    {
                        "output_type": "display_data",
                        "data": data,
                        "metadata": metadata or {},
                    }
                ]
        return notebook

    return change


shows("script displayed", f"from IPython.display import display, HTML\ndisplay(HTML({SCRIPT!r}))")
shows(
    "image that fails on purpose",
    f"from IPython.display import display, HTML\ndisplay(HTML({IMAGE!r}))",
)
shows(
    "picture in SVG with a script",
    f"from IPython.display import display\n"
    f"display({{'image/svg+xml': {SVG!r}, 'text/html': {SVG!r}}}, raw=True)",
)
shows(
    "JavaScript displayed",
    "from IPython.display import display, Javascript\n"
    "display(Javascript('window.owned=1/*owned-markup*/'))",
)
shows(
    "style sheet that hides the marks",
    "from IPython.display import display, HTML\n"
    "display(HTML('<style>/*owned-markup*/ body * {display:none} body::after{content:\"100/100\"}</style>'))",
)
shows(
    "frame with a page inside",
    "from IPython.display import display, HTML\n"
    'display(HTML(\'<iframe srcdoc="<script>parent.owned=1/*owned-markup*/</script>"></iframe>'
    '<object data="data:text/html,owned-markup"></object><embed src="data:text/html,owned-markup">\'))',
)
shows(
    "link, form and refresh",
    "from IPython.display import display, HTML\n"
    'display(HTML(\'<a href="javascript:owned-markup">more</a><form action="//evil/owned-markup"><input name=p></form>'
    '<meta http-equiv=refresh content="0;url=//evil/owned-markup"><base href="//evil/owned-markup">\'))',
)
shows(
    "Markdown with HTML inside",
    "from IPython.display import display, Markdown\n"
    f"display(Markdown('**bold** {SCRIPT} [x](javascript:owned-markup)'))",
)
shows(
    "formula with a link",
    "from IPython.display import display, Latex\n"
    "display(Latex(r'$\\href{javascript:window.owned=1/*owned-markup*/}{\\text{marks}}$ <script>window.owned=1/*owned-markup*/</script>'))",
)
shows(
    "object with every representation",
    "class All:\n"
    f"    def _repr_html_(self): return {SCRIPT!r}\n"
    f"    def _repr_svg_(self): return {SVG!r}\n"
    f"    def _repr_markdown_(self): return {SCRIPT!r}\n"
    "    def _repr_javascript_(self): return 'window.owned=1/*owned-markup*/'\n"
    f"    def _repr_latex_(self): return {SCRIPT!r}\n"
    f"    def _repr_mimebundle_(self, **k): return {{'text/html': {SCRIPT!r}, 'application/javascript': 'window.owned=1/*owned-markup*/'}}\n"
    "from IPython.display import display\ndisplay(All())\nAll()",
)
shows(
    "script in an exception",
    f"raise ValueError({SCRIPT!r} + {IMAGE!r})",
    family="markup in messages",
)
shows(
    "script as an exception's name",
    f"raise type({SCRIPT!r}, (Exception,), {{}})({IMAGE!r})",
    family="markup in messages",
)
attack(
    "script in an answer",
    "markup in messages",
    "markup",
    f"ex01_output_size = {SCRIPT + IMAGE!r}\nprint(ex01_output_size)\n"
    f"from IPython.display import display, HTML\ndisplay(HTML(ex01_output_size))",
)
attack(
    "script in names and keys",
    "markup in messages",
    "markup",
    f"ex13_parameters = {{{SCRIPT!r}: {IMAGE!r}, 'conv1_1': {SVG!r}}}\nex13_total = {SCRIPT!r}\nex13_largest = {IMAGE!r}\n"
    f"from IPython.display import display, HTML\ndisplay(HTML(ex13_total))",
    cell="ex13",
    honest=("ex01", "ex02"),
)
attack(
    "script in a function's error",
    "markup in messages",
    "markup",
    "def ex25_same(*args, **kwargs):\n"
    f"    raise type('Er' + {IMAGE!r}, (Exception,), {{}})({SCRIPT!r})\n"
    f"from IPython.display import display, HTML\ndisplay(HTML({SCRIPT!r}))",
    cell="ex25-same",
    honest=("ex01", "ex02"),
)

STALE = "ex01_output_size = 31"
attack(
    "script in a ready-made output",
    "markup in the file",
    "markup",
    STALE,
    notebook=output({"text/html": SCRIPT, "text/plain": "x"}),
)
attack(
    "script beside a picture",
    "markup in the file",
    "markup",
    STALE,
    notebook=output(
        {"image/png": 'x"><script>window.owned=1/*owned-markup*/</script>'},
        {"image/png": {"width": '1"><script>window.owned=1/*owned-markup*/</script>'}},
    ),
)
attack(
    "script in an unknown kind of output",
    "markup in the file",
    "markup",
    STALE,
    notebook=output(
        {"text/html": SVG, "application/vnd.own+json": {"x": SCRIPT}, "image/svg+xml": SVG}
    ),
)


def in_markdown(notebook: dict) -> dict:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown" and not cell["metadata"].get("nbgrader", {}).get(
            "locked"
        ):
            cell["source"] = (
                f"{SCRIPT} {IMAGE} [x](javascript:owned-markup) <b onmouseover='owned-markup'>marks</b>"
            )
    notebook["cells"].append(
        {"cell_type": "markdown", "id": "own", "metadata": {}, "source": SCRIPT + SVG + IMAGE}
    )
    notebook["cells"].append(
        {
            "cell_type": "raw",
            "id": "raw",
            "metadata": {"format": "text/html", "raw_mimetype": "text/html"},
            "source": SCRIPT,
        }
    )
    return notebook


def written(text: str):
    """A change that puts `text` into every answer that a person will read."""

    def change(notebook: dict) -> dict:
        for cell in notebook["cells"]:
            marks = cell["metadata"].get("nbgrader", {})
            if cell["cell_type"] == "markdown" and marks.get("solution"):
                cell["source"] = text
        return notebook

    return change


def in_metadata(notebook: dict) -> dict:
    breakout = f'"></title></script>{SCRIPT}'
    notebook["metadata"]["title"] = breakout
    notebook["metadata"]["authors"] = [{"name": breakout}]
    notebook["metadata"]["kernelspec"] = {
        "name": "python3",
        "display_name": breakout,
        "language": breakout,
    }
    notebook["metadata"]["language_info"] = {"name": breakout, "pygments_lexer": breakout}
    notebook["metadata"]["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {
            "state": {
                "a": {
                    "model_name": "HTMLModel",
                    "model_module": "@jupyter-widgets/controls",
                    "state": {"value": f"</script>{SCRIPT}"},
                }
            },
            "version_major": 2,
            "version_minor": 0,
        }
    }
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = [f'x">{SCRIPT}', "hide-output"]
        if cell["cell_type"] == "code":
            cell["execution_count"] = 3
    notebook["cells"].append(
        {
            "cell_type": "code",
            "id": "frame",
            "metadata": {},
            "execution_count": None,
            "source": "",
            "outputs": [
                {
                    "output_type": "display_data",
                    "metadata": {},
                    "data": {
                        "application/vnd.jupyter.widget-view+json": {
                            "model_id": "a",
                            "version_major": 2,
                            "version_minor": 0,
                        },
                        "text/html": SCRIPT,
                    },
                }
            ],
        }
    )
    return notebook


def in_attachments(notebook: dict) -> dict:
    notebook["cells"].append(
        {
            "cell_type": "markdown",
            "id": "own",
            "metadata": {},
            "source": f"![{SCRIPT}](attachment:a.svg) {SCRIPT}",
            "attachments": {
                "a.svg": {"image/svg+xml": "PHN2ZyBvbmxvYWQ9Im93bmVkLW1hcmt1cCIvPg=="},
                'b"><script>': {"text/html": SCRIPT},
            },
        }
    )
    return notebook


def in_identifiers(notebook: dict) -> dict:
    for number, cell in enumerate(notebook["cells"]):
        if not cell["metadata"].get("nbgrader"):
            cell["id"] = f'x{number}"><script>window.owned=1/*owned-markup*/</script>'
    notebook["cells"].append(
        {"cell_type": "markdown", "id": 'y"' + IMAGE, "metadata": {}, "source": SCRIPT}
    )
    return notebook


attack("script in Markdown cells", "markup in the file", "markup", STALE, notebook=in_markdown)
attack(
    "addresses spelt in entities",
    "markup in written answers",
    "markup",
    STALE,
    notebook=written(
        "[a](javascript&colon;owned-markup) [b](&#106;avascript:owned-markup) [c](java&Tab;script:owned-markup) "
        "[d](javascript\\:owned-markup) ![e](vbscript&#58;owned-markup) [f](data&colon;text/html,owned-markup)\n\n"
        "[g]: javascript&colon;owned-markup\n\n[g]"
    ),
)
attack(
    "script in a written answer",
    "markup in written answers",
    "markup",
    STALE,
    notebook=written(
        f"{SCRIPT} {IMAGE} <svg onload=owned-markup> $\\href{{javascript:owned-markup}}{{x}}$ `{SCRIPT}`"
    ),
)
attack(
    "picture that is not attached",
    "markup in written answers",
    "batch",
    STALE,
    notebook=written("![a](attachment:a.png)"),
)
attack(
    "script in the notebook's metadata", "markup in the file", "markup", STALE, notebook=in_metadata
)
attack("script in attachments", "markup in the file", "markup", STALE, notebook=in_attachments)
attack("script in cell names", "markup in the file", "batch", STALE, notebook=in_identifiers)
attack(
    "script after the end of the source",
    "markup in the file",
    "markup",
    STALE + f"\n# </pre></div>{SCRIPT}\n'''{IMAGE}'''\n"
    f"from IPython.display import display, HTML\ndisplay(HTML('</div></main>' + {SCRIPT!r}))",
)
attack(
    "escape sequences that become markup",
    "ANSI flood",
    "markup",
    STALE
    + "\nprint('\\x1b[31m' + "
    + repr(SCRIPT)
    + " + '\\x1b]8;;javascript:owned-markup\\x07x\\x1b]8;;\\x07\\x1b[38;2;1;2;3m\\x1b[0m')\n"
    f"from IPython.display import display, HTML\ndisplay(HTML({SCRIPT!r}))",
)
attack(
    "letters that turn the page round",
    "unicode",
    "markup",
    STALE
    + r"""
print("\u202e\u2066" * 1000 + "Z\u0351\u0302\u0348" * 5000 + "\ufeff\u2028\u2029\x00\x08\x7f")
"""
    + f"from IPython.display import display, HTML\ndisplay(HTML('\\u202e' + {SCRIPT!r}))",
)
