"""The Sphinx extension behind the published book.

A page keeps its widgets alive with no kernel, asks no other host for anything, and is never older
than what it was made from. Each concern is one module with its own ``setup``:

``renderer``   widgets become plain HTML, their state and a picture
``assets``     what widgets share (front ends, images) is stored once, named by its content
``freshness``  a change of the library runs exactly the notebooks that import what changed
``offline``    formulas are set by a copy of MathJax that comes with the site
``icons``      the theme's icons that pages use, and no others
``keep``       a section can be kept on a phone, to be read without a network
``lean``       scripts and styles that a page uses, and no others
``styles``     the style rules that the site uses, and no others
``index``      the general index, from the glossary
``notfound``   a page for addresses that lead nowhere
``social``     what a messenger shows of a page
``launch``     buttons that open a notebook elsewhere, once there is an address
``accessible`` mends the theme's HTML for those who listen to it
"""

from convbook.publishing import (
    accessible,
    assets,
    freshness,
    icons,
    index,
    keep,
    launch,
    lean,
    notfound,
    offline,
    renderer,
    social,
    styles,
)

PARTS = (
    accessible,
    assets,
    freshness,
    icons,
    index,
    keep,
    launch,
    lean,
    notfound,
    offline,
    renderer,
    social,
    styles,
)


def setup(app):
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
