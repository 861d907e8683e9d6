"""The Sphinx extension behind the published book.

A page keeps its widgets alive with no kernel, asks no other host for anything, and is never older
than what it was made from. Each concern is one module with its own ``setup``:

``read_marks`` which pages this reader has read, in the side bar
``redirects``  an address that has moved leads on
``renderer``   widgets become plain HTML, their state and a picture
``contents``   the open page's headings, in the side bar
``assets``     what widgets share (front ends, images) is stored once, named by its content
``dark``       figures on a dark page
``execution``  notebooks run two at a time
``folded_code`` the code behind figures and widgets, below them
``frame``      the buttons above the text open the book's and the page's contents
``freshness``  a change of the library runs exactly the notebooks that import what changed
``formulas``   formulas are MathML until MathJax has set them
``printed``    what Keras and scikit-learn print as tables is a table
``offline``    MathJax comes with the site, and nothing from another host
``icons``      the theme's icons that pages use, and no others
``keep``       a section can be kept on a phone, to be read without a network
``lean``       scripts that a page uses, and no others
``search``     a search that knows slips, synonyms and what a lesson is worth
``storage``    the theme works where a browser keeps nothing
``strip``      where in the book a page is, drawn above its title
``styles``     the style rules that the site uses, and no others, in one sheet
``typesetting`` units stay with their numbers, options have no dots
``index``      the general index, from the glossary
``legible``    figures whose letters would be too small on a telephone scroll there
``margin``     short asides and captions beside the column
``pictures``   figures are files beside the page, photographs in them JPEGs
``notfound``   a page for addresses that lead nowhere
``social``     what a messenger shows of a page
``tables``     tables that fit a telephone
``wide``       code of one width, which takes the margin
``launch``     buttons that open a notebook elsewhere, once there is an address
``check_yourself`` the questions at a page's end can be answered there
``accessible`` mends the theme's HTML for those who listen to it
"""

from convbook.publishing import (
    accessible,
    assets,
    check_yourself,
    contents,
    dark,
    execution,
    folded_code,
    formulas,
    frame,
    freshness,
    icons,
    index,
    keep,
    launch,
    lean,
    legible,
    margin,
    notfound,
    offline,
    pictures,
    printed,
    read_marks,
    redirects,
    renderer,
    search,
    social,
    storage,
    strip,
    styles,
    tables,
    typesetting,
    wide,
)

PARTS = (
    accessible,
    assets,
    check_yourself,
    contents,
    dark,
    execution,
    folded_code,
    formulas,
    frame,
    freshness,
    icons,
    index,
    keep,
    launch,
    lean,
    legible,
    margin,
    notfound,
    offline,
    pictures,
    printed,
    read_marks,
    redirects,
    renderer,
    search,
    social,
    storage,
    strip,
    styles,
    tables,
    typesetting,
    wide,
)


def setup(app):
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
