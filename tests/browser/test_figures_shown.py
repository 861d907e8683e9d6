"""Figures as a page shows them: how large their letters are, and where they begin."""

import pytest

PAGES = [
    "notebooks/04/04-02-the-convolution-operation.html",
    "notebooks/04/04-06-the-standard-pipeline.html",
    "notebooks/04/04-12-grad-cam.html",
    "notebooks/09-flowcharts.html",
]
FIGURES = ".bd-article :is(.cb-figure img, p img[src*='_images'])"
#: Pixels of a figure's smallest and largest letter; one of Matplotlib is an outline of 100 units.
LETTERS = """(figures) => Promise.all(
  [...document.querySelectorAll(figures)].map(
    async (image) => {
      const svg = await (await fetch(image.src)).text();
      const scales = [...svg.matchAll(/scale\\((0\\.\\d+) -\\1\\)/g)];
      const outlines = scales.map((found) => 100 * found[1]);
      const letters = [...svg.matchAll(/font-size="([\\d.]+)"/g)].map((found) => +found[1]);
      const width = +svg.match(/viewBox="\\S+ \\S+ (\\S+)/)[1];
      const scale = image.getBoundingClientRect().width / width;
      const sizes = [...outlines, ...letters].map((size) => size * scale);
      return [Math.min(...sizes), Math.max(...sizes)];
    }))"""
PLACES = """() => {
  const left = (element) => element.getBoundingClientRect().left;
  const text = left(document.querySelector(".bd-article h1"));
  const first = ".cb-figure > :first-child, .cb-figure > .cb-panels > :first-child";
  return [...document.querySelectorAll(first)].map((element) => left(element) - text);
}"""
COLUMNS = """() => [...document.querySelectorAll(".cb-panels")].map((panels) => {
  const edges = [...panels.children].map((image) => image.getBoundingClientRect());
  const columns = new Set(edges.map((edge) => edge.left)).size;
  const left = document.querySelector(".bd-article h1").getBoundingClientRect().left;
  const begin = Math.min(...edges.map((edge) => edge.left)) - left;
  return [columns, begin, Math.max(...edges.map((edge) => edge.right))];
})"""


@pytest.mark.parametrize("name", PAGES)
def test_letters_of_figures_have_at_least_twelve_pixels_and_nine_on_a_telephone(
    visits, book_site, name
):
    page = visits.open(book_site.url(name), width=1280)
    sizes = page.evaluate(LETTERS, FIGURES)
    assert len(sizes) >= 3
    assert min(smallest for smallest, _ in sizes) >= 11.9
    page.set_viewport_size({"width": 360, "height": 740})
    assert min(smallest for smallest, _ in page.evaluate(LETTERS, FIGURES)) >= 8.9


@pytest.mark.parametrize("name", PAGES[:3])
def test_letters_of_panels_on_a_telephone_have_ten_pixels_and_no_more_than_the_text(
    visits, book_site, name
):
    page = visits.open(book_site.url(name), width=360)
    sizes = page.evaluate(LETTERS, ".cb-panels img")
    assert len(sizes) >= 5
    assert min(smallest for smallest, _ in sizes) >= 10
    assert max(largest for _, largest in sizes) <= 17


@pytest.mark.parametrize("name", PAGES)
def test_figures_begin_where_the_text_begins_and_captions_have_fourteen_pixels(
    visits, book_site, name
):
    page = visits.open(book_site.url(name), width=1280)
    assert page.evaluate(PLACES) == pytest.approx([0] * len(page.evaluate(PLACES)), abs=0.5)
    for caption in page.locator(".cb-figure > figcaption").all():
        style = caption.evaluate("(one) => [getComputedStyle(one).fontSize, one.style.padding]")
        assert style == ["14px", ""]


@pytest.mark.parametrize("name", PAGES[:3])
def test_panels_stand_in_columns_on_a_telephone_from_where_the_text_begins_and_none_is_cut(
    visits, book_site, name
):
    page = visits.open(book_site.url(name), width=360)
    found = page.evaluate(COLUMNS)
    assert found
    for columns, begin, right in found:
        assert columns in (1, 2, 3)
        assert begin == pytest.approx(0, abs=0.5)
        assert right <= 360 - 15.5
