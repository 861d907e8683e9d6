"""A section that a reader kept opens without a network, widgets included."""

import re

from playwright.sync_api import expect


def test_a_kept_section_works_without_a_network_until_it_is_removed(visits, book_site):
    name = book_site.page_with("OutputSizeCalculator")
    page = visits.open(book_site.url(name))
    page.get_by_text("Read this section without a network").click()
    offer = page.locator(".keep-offline")
    expect(offer.get_by_role("status")).to_have_text(re.compile(r"take \d+\.\d MB on this device"))
    offer.get_by_role("button", name="Keep this section").click()
    expect(offer.get_by_role("status")).to_contain_text("is kept on this device")
    page.wait_for_function("navigator.serviceWorker.controller")

    page.context.set_offline(True)
    page.reload()
    page.locator(".cb-output-size-calculator, .afm").first.scroll_into_view_if_needed()
    page.evaluate("location.hash = 'OutputSizeCalculator?'")
    widget = page.locator(".cb-output-size-calculator [data-cb=output-size]").first
    expect(widget).to_have_attribute("data-value", re.compile(r"\d"))
    broken = "[...document.images].filter((i) => i.complete && !i.naturalWidth).length"
    assert page.evaluate(broken) == 0

    page.get_by_text("Read this section without a network").click()
    page.get_by_role("button", name="Remove it from this device").click()
    expect(page.get_by_role("button", name="Keep this section")).to_be_visible()
    assert page.evaluate("caches.keys()") == []
    visits.problems = [p for p in visits.problems if "ERR_INTERNET_DISCONNECTED" not in p]


def test_from_disk_there_is_no_such_offer(visits, book_site):
    page = visits.open(book_site.url("book/index.html", "file"))
    expect(page.locator(".keep-offline")).to_have_count(0)
