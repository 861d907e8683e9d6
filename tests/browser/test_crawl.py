"""Every page of the book, as different readers meet it: nothing missing, nothing in the way.

That no page asks another host for anything or writes to the console is held by ``visits``.
"""

import gzip
import re
import zipfile
from urllib.parse import unquote

import pytest
from browsing import Site, axe_violations, printed_pages
from playwright.sync_api import expect

SIDES = ("top", "right", "bottom", "left")
AXE = {
    "preload": False,  # it would fetch style sheets itself, from wrong addresses
    "resultTypes": ["violations"],  # describing what passed takes a third of the time
}
# The contents at the side are the same on every page, and take half of the checker's time.
BESIDE_SIDEBAR, SIDEBAR_EVERY = {"exclude": [[".bd-sidebar-primary"]]}, 10
TOO_WIDE = """() => document.documentElement.scrollWidth > innerWidth"""
START_WIDGETS = """async () => {
  for (const view of document.querySelectorAll(".afm")) {
    view.scrollIntoView();
    for (let i = 0; i < 300 && !view.querySelector(".afm-stage [data-cb], .afm-error"); i++)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }
  scrollTo(0, 0);
}"""
TWO_FRAMES = """async () => {
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
}"""
# Formulas fit at every width, what is folded away included; code and what it prints, on a laptop.
CUT_OFF = """async () => {
  const folds = [...document.querySelectorAll(".bd-article details:not([open], .keep-offline)")];
  for (const fold of folds) fold.open = true;
  const formulas = [...document.querySelectorAll(".math mjx-container[display]")];
  const code = innerWidth < 1200 ? [] : document.querySelectorAll("div.cell pre");
  const boxes = [...formulas, ...code];
  const tooWide = () => boxes.filter((box) => box.clientWidth && box.scrollWidth > box.clientWidth);
  for (let i = 0; i < 100 && tooWide().length; i++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const found = tooWide().map((box) => `${box.scrollWidth} px wide: ${box.textContent}`);
  for (const fold of folds) fold.open = false;
  return found;
}"""
ALL_SET = """() => !document.querySelector(".math:not(:has(mjx-container))")"""
BROKEN_PICTURES = """() => [...document.images]
  .filter((image) => image.complete && image.currentSrc && !image.naturalWidth)
  .map((image) => image.src)"""


def axe_findings(page, part) -> list[str]:
    found = axe_violations(page, part, **AXE)
    return [f"{rule['id']} at {node['target']}" for rule in found for node in rule["nodes"]]


def look_at(page, name, part) -> list[str]:
    """What is wrong with a page that was opened narrow and dark; then wider, and light."""
    findings = []
    page.evaluate(START_WIDGETS)
    page.evaluate("dispatchEvent(new Event('scroll'))")  # then all formulas are set
    page.wait_for_function(ALL_SET)
    for width, theme in ((360, "dark"), (768, "light"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.evaluate(TWO_FRAMES)  # what answers to a new width has answered
        if page.evaluate(TOO_WIDE):
            findings.append(f"{name} scrolls sideways at {width} px")
        findings += [f"{name}, {width} px: {what}" for what in page.evaluate(CUT_OFF)]
        if width != 768:
            findings += [
                f"{name}, {width} px, {theme}: {found}" for found in axe_findings(page, part)
            ]
    broken = page.locator(".afm-error").all_text_contents() + page.evaluate(BROKEN_PICTURES)
    return findings + [f"{name}: {what}" for what in broken]


def test_every_page_fits_the_screen_and_passes_the_accessibility_checker(visits, book_site):
    """With its widgets alive, so this is also what holds for each of them."""
    findings = []
    for number, name in enumerate(book_site.pages()):
        # No half-faded colours.
        page = visits.open(book_site.url(name), width=360, dark=True, reduced_motion="reduce")
        findings += look_at(page, name, None if number % SIDEBAR_EVERY == 0 else BESIDE_SIDEBAR)
        page.close()
    assert findings == []


@pytest.fixture(scope="session")
def unpacked_site(book_site, tmp_path_factory):
    """The book as ``make offline`` zips it, unpacked somewhere else."""
    archive = tmp_path_factory.mktemp("zip") / "book.zip"
    zipfile.main(["-c", str(archive), str(book_site.folder)])
    folder = tmp_path_factory.mktemp("a folder of its own")
    zipfile.main(["-e", str(archive), str(folder)])
    return Site(folder / book_site.folder.name)


# What a page names by its address, and the scripts of its widgets, which the host asks for by name.
NAMED = re.compile(r'(?:src|href)="([^"#?]+)')
ASSET = re.compile(r'"(?:frontEnd|asset)": "([0-9a-f]{16})"')


def absent(site, name) -> list[str]:
    """The files that a page names and that are not in the site's folder."""
    page = site.folder / name
    text = page.read_text("utf-8")
    paths = {page.parent / unquote(to) for to in NAMED.findall(text) if ":" not in to}
    paths |= {site.folder / "_static/afm" / f"{asset}.js" for asset in ASSET.findall(text)}
    inside = [site.folder in path.resolve().parents for path in paths]
    return [
        f"{name}: {path}"
        for path, ours in zip(paths, inside, strict=True)
        if not (ours and path.exists())
    ]


def test_every_page_works_from_an_unpacked_zip(visits, unpacked_site):
    """All files of every page are there; every widget is alive from disk in `test_widgets`."""
    pages = [name for name in unpacked_site.pages() if name != "404.html"]  # only servers show it
    assert [what for name in pages for what in absent(unpacked_site, name)] == []
    texts = {name: (unpacked_site.folder / name).read_text("utf-8") for name in pages}
    assert any(ASSET.search(text) for text in texts.values())
    most = sorted(pages, key=lambda name: texts[name].count('class="afm"'))[-5:]
    broken = []
    for name in most:
        page = visits.open(unpacked_site.url(name, "file"), width=360)
        page.evaluate(START_WIDGETS)
        broken += page.locator(".afm-error").all_text_contents() + page.evaluate(BROKEN_PICTURES)
        page.close()
    assert broken == []


def test_search_finds_pages(visits, book_site, scheme):
    page = visits.open(book_site.url("search.html?q=padding", scheme))
    results = page.locator("#search-results li a")
    expect(results.first).to_be_visible()
    results.filter(has_text="Stride and padding").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Stride and padding")


def test_formulas_are_typeset_from_the_sites_own_fonts(visits, book_site, scheme):
    page = visits.open(book_site.url("notebooks/07-worked-examples.html", scheme))
    expect(page.locator("mjx-container").first).to_be_attached()
    page.evaluate("document.fonts.ready")
    fonts = page.evaluate(
        "[...document.fonts].filter((f) => f.status == 'loaded').map((f) => f.family)"
    )
    assert any("MJX" in font for font in fonts)
    assert page.locator("mjx-merror").count() == 0
    assert page.locator("mjx-assistive-mml").count() > 0, "a screen reader needs them"


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_cheat_sheet_prints_on_one_sheet(visits, book_site, tmp_path, paper):
    page = visits.open(book_site.url("book/cheat-sheet.html", "http"))
    page.keyboard.press("Shift")  # a reader who does something has all formulas set
    expect(page.locator(".math:not(:has(mjx-container))")).to_have_count(0)
    page.pdf(path=tmp_path / "sheet.pdf", format=paper, margin=dict.fromkeys(SIDES, "10mm"))
    text = printed_pages(tmp_path / "sheet.pdf")
    assert len(text) == 1
    assert "Grad-CAM" in text[0]
    assert "Habits" in text[0]


def test_the_start_page_leads_to_the_book(visits, book_site, scheme):
    page = visits.open(book_site.url("index.html", scheme))
    page.wait_for_url("**/book/index.html")
    expect(page.locator(".cb-kernel-lab [data-cb=response]")).to_be_attached()


WEIGHT = """() => performance.getEntriesByType("resource").map((entry) => entry.name)"""


def weight(visits, site, name) -> dict[str, int]:
    """Bytes that a page loads when gzipped (fonts and pictures are compressed already)."""
    page = visits.open(site.url(name))
    page.wait_for_load_state("networkidle")
    sizes = {}
    for url in [site.url(name), *page.evaluate(WEIGHT)]:
        path = re.sub(r"[?#].*", "", url.removeprefix(site.address + "/"))
        content = (site.folder / path).read_bytes()
        sizes[path] = len(gzip.compress(content))
    return sizes


def test_a_text_page_loads_in_200_kb(visits, book_site):
    sizes = weight(visits, book_site, "book/24-references.html")
    assert sum(sizes.values()) <= 200_000, sizes


def test_the_first_widget_page_loads_in_350_kb_besides_formulas_and_pictures(visits, book_site):
    sizes = weight(visits, book_site, "book/index.html")
    apart = ("mathjax/", "_images/")
    counted = {name: size for name, size in sizes.items() if not any(a in name for a in apart)}
    assert sum(counted.values()) <= 350_000, counted
    ours = {name: size for name, size in counted.items() if "_static/afm/" in name}
    assert sum(ours.values()) <= 100_000, ours


def test_the_text_of_a_page_waits_for_no_picture(book_site):
    """A slow connection brings its words first: drawings and photographs are files beside it."""
    for path in book_site.folder.rglob("*.html"):
        page = path.read_text("utf-8")
        assert len(gzip.compress(page.encode())) <= 40_000, path
        names = set(re.findall(r'<img\b[^>]*src="([^"]*_images/plot-[^"]+)"', page))
        pictures = [gzip.compress((path.parent / name).read_bytes()) for name in names]
        assert sum(map(len, pictures)) <= 300_000, path


def test_a_page_waits_for_one_style_sheet(book_site):
    for name in book_site.pages():
        page = (book_site.folder / name).read_text("utf-8")
        assert len(re.findall(r"<link[^>]*\.css", page)) <= 1, name


def test_only_the_icons_in_use_are_shipped(book_site):
    fonts = (book_site.folder / "_static/vendor/fontawesome/webfonts").iterdir()
    assert sum(path.stat().st_size for path in fonts) <= 10_000
    assert not (book_site.folder / "_static/scripts/fontawesome.js").exists()
