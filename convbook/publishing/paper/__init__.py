"""The book on paper: PDF and EPUB made from the site that was built, so that they cannot differ.

``python -m convbook.publishing.paper`` reads ``_build/html`` and writes ``_build/print``:

``articles``  the site's pages in reading order, without what only a screen can use
``document``  all of them in one HTML document with a cover and a table of contents
``chromium``  a headless browser that sets formulas, breaks pages and counts them
``epub``      the same document, cut into the files of an EPUB
``solutions`` the solutions, apart from the book, and a record sheet for the laboratory
"""
