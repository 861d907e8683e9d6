"""Which numerals of a page are claims, and which of these nothing vouches for."""

from __future__ import annotations

import re

from book_pages import ASKED, CODE_SPAN, LINK, READING_LINE, Page, normal, read_page

# A numeral that is a name or a place, not a claim: "section 4.2", "ResNet-50", "conv1_1", "2-D".
PLACES = (
    r"sections?|chapters?|examples?|exercises?|objectives?|figures?|projects?|questions?|MCQs?|"
    r"case stud(?:y|ies)|research problems?|ex\.|§|steps?|rows?|Q|Ch\.|problems?|parts?|"
    r"takeaways?"
)
NUMBERS = r"\d+(?:\.\d+)*(?:\s*(?:,|–|-|to|and|or)\s*\d+(?:\.\d+)*)*"
NOT_CLAIMS = (
    re.compile(rf"\b(?:{PLACES})\s*{NUMBERS}", re.I),
    re.compile(rf"§\s*{NUMBERS}"),
    re.compile(r"^\s*#+\s*\d+(?:\.\d+)*\.?", re.M),  # a heading's own number
    re.compile(r"^\s*(?:[>|]\s*)*(?:\*\*)?\d+\.(?:\*\*)?\s", re.M),  # a list's own number
    re.compile(r"\b[A-Za-z]+[A-Za-z0-9]*[-_]?\d+(?:[-_.]\w+)*"),  # a name with a number in it
    re.compile(r"\b\d-D\b|\b\d+-bit\b"),
    re.compile(r"\b(?:Keras|TensorFlow|Python|PyTorch) \d+(?:\.\d+)*"),
    re.compile(r"\\(?:frac|tfrac|dfrac)(?=\{)"),
    re.compile(r"[_^]\{?[-+=\w,]*\}?(?=\b|\W|$)"),  # subscripts and powers in mathematics
)
NUMERAL = re.compile(r"(?<![\w.])(?:\d{1,3}(?:[,\u202f]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?: million)?")
QUOTED = re.compile(r"“[^”]{1,120}”|\"[^\"\n]{1,80}\"")  # what somebody else says
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
CITED = re.compile(r"\{cite[:\w]*\}|24-references|https?://|\{doi\}")
FENCED_CODE = re.compile(
    r"^(`{3,}|~{3,})(?!\{(?:note|tip|admonition|figure)).*?^\1\s*$", re.M | re.S
)


def blocks(text: str) -> list[str]:
    """Paragraphs, list items and table rows: what one citation can vouch for."""
    text = FENCED_CODE.sub("", text)
    text = ASKED.sub("", text)  # the tests of the bank hold the numbers of its questions
    text = re.sub(r"^(#+ .*)\n\s*\n", r"\1\n", text, flags=re.M)  # a heading shares its source
    text = re.sub(r"^(\s*(?:[-*]|\d+\.)\s|\|)", r"\n\1", text, flags=re.M)
    return [block for block in re.split(r"\n\s*\n", text) if block.strip()]


def claims(block: str) -> list[str]:
    """The numerals of one block that claim something."""
    block = CODE_SPAN.sub(" ", block).replace("{,}", "")
    block = LINK.sub(lambda match: _link_text(match[2]), block)
    block = re.sub(r"<[^>]+>", " ", block)
    block = READING_LINE.sub("*", block)
    for pattern in NOT_CLAIMS:
        block = pattern.sub(" ", block)
    return NUMERAL.findall(block)


def unsupported(page: Page) -> list[str]:
    """Numerals of a page that nothing vouches for.

    A numeral is vouched for by an assertion on its page, by an assertion on a page that its own
    block links to, or by a source and a year in its block.
    """
    missing = []
    for block in blocks(page.text):
        if CITED.search(block) and YEAR.search(block):
            continue
        block = QUOTED.sub(" ", block)
        known = page.asserted.union(*(linked.asserted for linked in linked_pages(page, block)))
        missing += [numeral for numeral in claims(block) if not readings(numeral) & known]
    return missing


def readings(numeral: str) -> set[str]:
    """The numbers that may stand in an assertion for "35 million": 35 and 35,000,000."""
    plain = numeral.removesuffix(" million")
    scale = 1_000_000 if plain != numeral else 1
    return {normal(plain), normal(str(float(normal(plain)) * scale))}


def linked_pages(page: Page, block: str) -> list[Page]:
    """Notebook pages that a block of text links to."""
    targets = {target.split("#")[0] for _, _, target in LINK.findall(block)}
    paths = [(page.path.parent / target).resolve() for target in targets if "://" not in target]
    return [read_page(path) for path in paths if path.suffix == ".ipynb" and path.is_file()]


def _link_text(text: str) -> str:
    """A link that names a section by its number alone names a place."""
    return " " if re.fullmatch(r"[\d., and–]+", text) else text
