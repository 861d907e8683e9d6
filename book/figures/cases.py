"""The diagrams of the case studies, sections 13 to 17: one claim each, with the cited numbers."""

from __future__ import annotations

from svg import BLUE, GREEN, GROUND, INK, ORANGE, SOFT, Picture


def _people(picture, x, y, flagged, colour) -> None:
    """A hundred people as ten rows of ten circles; the first ``flagged`` of them are filled."""
    for person in range(100):
        row, column = divmod(person, 10)
        fill = colour if person < flagged else GROUND
        picture.circle(x + 20 * column, y + 20 * row, 7, colour, fill, 1.5)


def two_groups() -> Picture:
    picture = Picture(
        560,
        330,
        "Two squares of a hundred circles: people without tuberculosis in one hospital in Lima. "
        "Among those with cough or risk factors 68 of 100 are filled, that is, flagged; among "
        "those without them fewer than 10 of 100 are.",
    )
    for x, title, flagged, words in (
        (60, "with cough or risk factors", 68, "68 of 100 flagged"),
        (340, "without them", 9, "fewer than 10 of 100 flagged"),
    ):
        picture.text(x + 90, 30, title, 15, bold=True)
        _people(picture, x, 65, flagged, ORANGE)
        picture.text(x + 90, 278, words, 14)
    picture.text(280, 308, "Nobody drawn here has tuberculosis.", 13, SOFT)
    return picture


def eight_cameras() -> Picture:
    picture = Picture(
        760,
        300,
        "Eight camera images enter one convolutional backbone with a feature pyramid, then "
        "attention fuses them into one space seen from above, and three of the separate heads "
        "read objects, lanes and occupied space from it.",
    )
    for camera in range(8):
        picture.box(20, 40 + 27 * camera, 74, 21, f"camera {camera + 1}", colour=SOFT, size=12)
        picture.line((94, 50.5 + 27 * camera), (126, 145))
    picture.arrow((118, 145), (140, 145))
    picture.box(142, 100, 140, 90, "backbone and\nfeature pyramid", colour=BLUE)
    picture.arrow((282, 145), (316, 145))
    picture.box(318, 100, 120, 90, "attention", colour=ORANGE)
    picture.arrow((438, 145), (472, 145))
    picture.box(474, 100, 110, 90, "one space,\nseen from\nabove", colour=GREEN)
    for number, head in enumerate(("objects", "lanes", "occupied space")):
        y = 62 + 60 * number
        picture.arrow((584, 145), (624, y + 20))
        picture.box(626, y, 120, 40, head, colour=SOFT, size=13)
    picture.text(212, 212, "convolutional, shared", 13, SOFT)
    picture.text(378, 212, "fuses eight views", 13, SOFT)
    picture.text(686, 244, "heads, one a task", 13, SOFT)
    return picture


def one_backbone() -> Picture:
    picture = Picture(
        680,
        260,
        "One backbone, trained once, passes its features to three small heads for three customers. "
        "Under each head stands a test set of that customer's own images.",
    )
    picture.box(20, 70, 110, 60, "images", colour=SOFT)
    picture.arrow((130, 100), (168, 100))
    picture.box(170, 50, 150, 100, "backbone\ntrained once,\nfrozen", colour=BLUE)
    for number, customer in enumerate(("cotton", "maize", "rice")):
        y = 20 + 75 * number
        picture.arrow((320, 100), (374, y + 25))
        picture.box(376, y, 110, 50, f"head: {customer}", colour=ORANGE)
        picture.arrow((486, y + 25), (526, y + 25), dashed=True)
        picture.box(
            528, y, 130, 50, f"test on images\nof {customer} growers", colour=GREEN, size=13
        )
    picture.text(245, 176, "millions of weights, shared", 13, SOFT)
    picture.text(431, 244, "thousands of weights each", 13, SOFT)
    return picture


def screening() -> Picture:
    picture = Picture(
        680,
        300,
        "A tree of 10,000 people. 100 are ill: 95 of them are flagged and 5 are missed. 9,900 are "
        "healthy: 495 of them are flagged and 9,405 are cleared. So 590 are flagged, of whom 95 "
        "are ill.",
    )
    people, ill, right = 10_000, 100, 0.95
    healthy = people - ill
    found, alarms = round(ill * right), round(healthy * (1 - right))
    picture.box(20, 115, 120, 60, f"{people:,}\npeople", colour=SOFT)
    for y, count, name, flagged, rest, colour in (
        (50, ill, "ill", found, f"{ill - found} missed", ORANGE),
        (190, healthy, "healthy", alarms, f"{healthy - alarms:,} cleared", BLUE),
    ):
        picture.arrow((140, 145), (208, y + 25))
        picture.box(210, y, 120, 50, f"{count:,} {name}", colour=colour)
        picture.arrow((330, y + 25), (398, y))
        picture.arrow((330, y + 25), (398, y + 50))
        picture.box(400, y - 18, 120, 36, f"{flagged} flagged", colour=colour, size=14)
        picture.text(410, y + 50, rest, 14, anchor="start")
        picture.line((520, y), (548, y), (548, 125))
    picture.text(
        558, 125, f"{found + alarms} flagged,\n{found} of them ill", 14, INK, True, "start"
    )
    return picture


def laboratory_and_field() -> Picture:
    picture = Picture(
        640,
        210,
        "Two bars for the same networks: 99.35 percent right on photographs like those of the "
        "training, 31.4 percent on photographs from elsewhere.",
    )
    for y, name, share, colour in (
        (40, "images like those\nof the training", 99.35, GREEN),
        (115, "images from\nelsewhere", 31.4, ORANGE),
    ):
        picture.text(150, y + 22, name, 14, anchor="end")
        picture.box(165, y, 3.8 * share, 44, colour=colour, radius=2)
        picture.text(175 + 3.8 * share, y + 22, f"{share:g} %", 16, bold=True, anchor="start")
    picture.line((165, 28), (165, 172), colour=SOFT)
    picture.text(165, 192, "share of leaves named rightly, 38 classes", 13, SOFT, anchor="start")
    return picture


PICTURES = {
    "13-1-two-groups": two_groups,
    "14-1-eight-cameras": eight_cameras,
    "15-1-one-backbone": one_backbone,
    "16-1-screening": screening,
    "17-1-laboratory-and-field": laboratory_and_field,
}
