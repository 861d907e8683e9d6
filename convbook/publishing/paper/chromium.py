"""A headless Chromium that sets formulas, breaks pages and says on which page a thing stands."""

import ctypes
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
from playwright.sync_api import sync_playwright
from pypdfium2 import raw as pdfium

from convbook.browser import chromium

FLAGS = ["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
SET = """async () => {
  await MathJax.startup.promise;
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {
    throw new Error(`there is no picture ${image.src.slice(0, 200)}`);
  })));
  const wrong = document.querySelector("mjx-merror");
  if (wrong) throw new Error(`a formula is not TeX: ${wrong.getAttribute("data-mjx-error")}`);
}"""
WRITE_NUMBERS = """(pages) => {
  for (const place of document.querySelectorAll(".page"))
    place.textContent = pages[place.dataset.to] ?? "";
}"""
PASSES = 5  # page numbers move pages, seldom more than once


@contextmanager
def browser():
    """A headless Chromium; without one, an error that says what to install."""
    if chromium() is None:
        raise FileNotFoundError("printing needs Chromium; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield opened
        opened.close()


def opened(browser, document: Path):
    """The document as a page with its formulas set and its pictures there."""
    page = browser.new_page()
    page.set_default_timeout(120_000)
    page.goto(document.resolve().as_uri())
    page.evaluate(SET)
    return page


def printed(page, target: Path) -> Path:
    """Print the page as PDF, with the numbers of pages where it refers to them."""
    numbers = {}
    for _ in range(PASSES):
        page.evaluate(WRITE_NUMBERS, numbers)
        page.pdf(path=target, prefer_css_page_size=True, tagged=True, outline=True)
        before, numbers = numbers, page_numbers(target)
        if numbers == before:
            return target
    raise RuntimeError(f"{target.name}: the pages still move after {PASSES} passes")


def page_numbers(pdf: Path) -> dict[str, str]:
    """Id of each element that something links to -> the number of its page, from 1."""
    with pypdfium2.PdfDocument(pdf) as document:
        count = pdfium.FPDF_CountNamedDests(document)
        return dict(_destination(document, index) for index in range(count))


def _destination(document: pypdfium2.PdfDocument, index: int) -> tuple[str, str]:
    size = ctypes.c_long()
    pdfium.FPDF_GetNamedDest(document, index, None, size)  # says how long the name is
    name = ctypes.create_string_buffer(size.value)
    place = pdfium.FPDF_GetNamedDest(document, index, name, size)
    page = pdfium.FPDFDest_GetDestPageIndex(document, place)
    return name.raw.decode("utf-16-le").rstrip("\0"), str(page + 1)
