"""Builds the book without Jupyter Book, and compares: ``python book/plain_sphinx.py``.

Jupyter Book 1 is a configuration file on top of Sphinx. What its own ``jupyter-book config sphinx``
writes is built here by plain ``sphinx-build`` in an environment of its own, with the newest Sphinx
that theme, MyST-NB and the table of contents admit. The result has to be the same pages with the
same text as ``_build/html``, so the day Jupyter Book 1 ends costs one line of the Makefile.
"""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path

from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[1]
BUILT, PLAIN = ROOT / "_build/html", ROOT / "_build/plain"
PYTHON = PLAIN / "env/bin/python"
STACK = [
    *("sphinx", "sphinx-book-theme", "myst-nb", "sphinx-external-toc", "sphinx-togglebutton"),
    *("sphinx-copybutton", "sphinx-design", "sphinxcontrib-bibtex", "sphinx-multitoc-numbering"),
    *(
        "sphinx-mathjax-offline",
        "beautifulsoup4",
        "brotli",
        "fonttools",
        "latex2mathml",
        "tinycss2",
    ),
]
# Jupyter Book itself, and what it adds without being asked: nothing of this book needs them.
DROPPED = {"jupyter_book", "sphinx_thebe", "sphinx_comments", "sphinx_jupyterbook_latex"}
SETTINGS_DROPPED = r"^(comments_config|use_jupyterbook_latex|latex_engine) = .*\n"


def run(*command: str | Path) -> None:
    done = subprocess.run([*map(str, command)], cwd=ROOT, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed ({done.returncode})")


def install() -> None:
    """An environment with the newest of everything, made anew at most once a checkout."""
    if not PYTHON.exists():
        run(sys.executable, "-m", "venv", PLAIN / "env")
        run(PYTHON, "-m", "pip", "install", "--quiet", *STACK, "-e", ROOT)


def build() -> None:
    conf = ROOT / "conf.py"
    if conf.exists():
        raise SystemExit(f"{conf} is there already; move it away, since this would overwrite it")
    try:
        run(Path(sys.executable).with_name("jupyter-book"), "config", "sphinx", ".")
        text = re.sub(SETTINGS_DROPPED, "", conf.read_text("utf-8"), flags=re.MULTILINE)
        for name in DROPPED:
            text = text.replace(f"'{name}', ", "").replace(f", '{name}'", "")
        conf.write_text(text, "utf-8")
        cache = f"nb_execution_cache_path={ROOT / '_build/.jupyter_cache'}"
        command = [PYTHON, "-m", "sphinx", "-W", "--keep-going", "-b", "html", "-D", cache]
        run(*command, "-d", PLAIN / "doctrees", ".", PLAIN / "html")
    finally:
        conf.unlink(missing_ok=True)


def pages(site: Path) -> dict[str, str]:
    """Each page of a built site, and the text of its main part."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        if not name.startswith("_"):
            article = BeautifulSoup(path.read_text("utf-8"), "html.parser").select_one("article")
            found[name] = " ".join(article.get_text(" ").split()) if article else ""
    return found


def differences(ours: dict[str, str], plain: dict[str, str]) -> list[str]:
    """What a reader of the one would miss in the other, page by page."""
    found = [f"{name} is only in one of them" for name in sorted(ours.keys() ^ plain.keys())]
    for name in sorted(ours.keys() & plain.keys()):
        if ours[name] != plain[name]:
            pairs = enumerate(zip_longest(ours[name], plain[name]))
            at = next(place for place, (one, other) in pairs if one != other)
            here, there = (text[max(0, at - 40) : at + 60] for text in (ours[name], plain[name]))
            found.append(f"{name}: {here!r} is {there!r}")
    return found


def main() -> None:
    if not BUILT.is_dir():
        raise SystemExit(f"{BUILT} is not there; run `make book SERVE=0` first")
    install()
    build()
    found = differences(pages(BUILT), pages(PLAIN / "html"))
    print(*found, sep="\n")
    count = len(pages(BUILT))
    if found:
        raise SystemExit(f"{len(found)} of {count} pages differ")
    print(f"{count} pages, each with the same text as from Jupyter Book")


if __name__ == "__main__":
    main()
