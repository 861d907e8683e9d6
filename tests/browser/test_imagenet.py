"""MobileNetV2 in the published page: on a tap, over http and from disk, with a camera."""

import re

import pytest
import waiting
from playwright.sync_api import expect
from test_widgets import open_widget

WATCH = """() => {
  window.tracks = [];
  const devices = navigator.mediaDevices;
  const real = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (asked) => {
    const stream = await real(asked);
    await window.permission;
    window.tracks.push(...stream.getTracks());
    return stream;
  };
}"""
PIXELS = "canvas => canvas.toDataURL()"
#: Its best class of the first photograph, untouched.
WHOLE = re.compile(r"tabby 46\.1\s%")
HIDE = """() => {
  Object.defineProperty(document, "hidden", { get: () => true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
LIVE = "() => tracks.filter((track) => track.readyState === 'live').length"


@pytest.fixture
def started(visits, book_site, scheme):
    """The page and the viewer in it, with MobileNetV2 running."""
    page, root = open_widget(visits, book_site, "GradCamViewer", scheme)
    page.evaluate(WATCH)
    start = root.locator("[data-cb-imagenet-start]")
    expect(start).to_contain_text("4.9 MB")
    start.click()
    expect(root.locator("[data-cb-imagenet=running]")).to_be_attached()
    expect(root.locator("[data-cb=first]")).to_contain_text("tabby")
    return page, root


def test_the_camera_shows_classes_and_overlay_until_it_is_stopped_or_hidden(started):
    page, root = started
    beat = waiting.beat(page)
    picture, heat = (
        root.locator(f".cb-imagenet canvas.cb-{name}").first for name in ("picture", "heat")
    )
    before = heat.evaluate(PIXELS)
    root.locator("[data-cb-camera=start]").click()
    expect(root.locator("[data-cb=first]")).not_to_contain_text("tabby")
    assert heat.evaluate(PIXELS) != before
    seen = picture.evaluate(PIXELS)
    assert waiting.happens(lambda: picture.evaluate(PIXELS) != seen, pause=beat)

    root.locator("[data-cb-camera=freeze]").click()
    expect(root.locator("[data-cb-camera=freeze]")).to_have_text("Go on")
    drawn = set()

    def goes_on() -> bool:
        drawn.add(picture.evaluate(PIXELS))
        return len(drawn) > 2  # one frame may have been on its way when the button was pressed

    assert not waiting.happens(goes_on, 1, beat)

    root.locator("[data-cb-camera=turn]").click()
    assert waiting.happens(lambda: page.evaluate("tracks.length") == 2, pause=beat)
    assert waiting.happens(lambda: page.evaluate(LIVE) == 1, pause=beat)
    root.locator("[data-cb-camera=stop]").click()
    assert page.evaluate(LIVE) == 0

    root.locator("[data-cb-camera=start]").click()
    assert waiting.happens(lambda: page.evaluate(LIVE) == 1, pause=beat)
    page.evaluate(HIDE)
    assert page.evaluate(LIVE) == 0
    expect(root.locator("[data-cb-camera=start]")).to_be_visible()

    before = page.evaluate("tracks.length")
    page.evaluate("() => { window.permission = new Promise((give) => { window.give = give; }); }")
    root.locator("[data-cb-camera=start]").click()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.evaluate("give()")  # hidden before the camera was there
    assert waiting.happens(lambda: page.evaluate("tracks.length") > before, pause=beat)
    assert waiting.happens(lambda: page.evaluate(LIVE) == 0, pause=beat)
    expect(root.locator("[data-cb-camera=start]")).to_be_visible()


def test_covering_comparing_and_the_smallest_change_answer_in_words(started):
    _, root = started
    cause = root.locator("[data-cb=cause]")
    stage = root.locator(".cb-imagenet .cb-stage").first
    stage.focus()
    for key in ("ArrowUp", "ArrowLeft", "Enter"):
        stage.press(key)
    expect(cause).to_have_text(re.compile(r"“tabby” [\d.]+\s% instead of 46.1\s%"))
    root.get_by_role("button", name="Uncover").click()
    expect(root.locator("[data-cb=first]")).to_have_text(WHOLE)
    root.get_by_label("Compare with the second class").check()
    expect(root.locator(".cb-caption:visible")).to_have_text(
        [re.compile("tabby"), re.compile("Egyptian cat")]
    )
    root.get_by_label(re.compile("How far each number")).fill("6")
    expect(cause).to_contain_text("at most 6 of 255: “tabby” became")
    root.get_by_label(re.compile("How far each number")).fill("0")
    expect(root.locator("[data-cb=first]")).to_have_text(WHOLE)
