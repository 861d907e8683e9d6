"""Private words of this book, counted: a reminder to write the field's, not a goal in itself.

Each entry is a phrase that stopped a first reader or that only this book used, what to write
instead, and how often it may still stand in sections 1 to 18, 20 and the reference pages, where the
plain meaning is meant. Lower an allowance when a page is rewritten; raise one only with a reason.
"""

import re

from book_pages import all_pages
from claims import for_each

PAGES = [
    page
    for page in all_pages()
    if re.match(
        r"book/(0[1-4]|1[0-8]|20-|index|glossary|notation|cheat)|notebooks/(0[2-9]|1[0-8])",
        page.name,
    )
]
PHRASES = {  # pattern: (write instead, how often it may stand)
    r"pictures?": ("image", 7),
    r"(?:every|each|one|many|two|\d) places?": ("position", 5),
    r"answers? to (?!the|a |this|what)": ("responds to", 2),
    r"what was asked|were asked for": ("specialised for the task", 0),
    r"bent": ("non-linear", 0),
    r"by heart": ("overfit, memorise", 1),
    r"decks?|dealt": ("split, assigned", 0),
    r"wide end": ("large fully connected layer", 0),
    r"meets itself|two ways": ("is added to", 0),
    r"smaller and more": ("smaller and more numerous", 0),
    r"an illusion|only bad|that seldom": ("say what happens", 0),
    r"at once": ("immediately, or say when", 10),
    r"a weekend|bread and butter": ("say what it saves", 1),
    r"told the ideas|ask again|only look": ("a whole sentence", 1),
    r"(?:is|are) not believed|measured, not": ("say who measured what", 0),
    r"in use": ("at inference", 2),
}


CONDEMNED = (
    "Late layers answer to what was asked.",
    "With the wrong one nothing fails, it is only bad.",
    "the maps get smaller and more",
    "Section 4 told the ideas.",
    "x takes two ways and meets itself at a plus.",
    "Without something bent in between a hundred layers do no more than one.",
    "dealt to the same deck, like cards",
    "The chapter's network has a wide end.",
    "Batch norm pays at once",
)


def hits(phrase: str, text: str) -> list[str]:
    """Each occurrence with the words around it."""
    found = re.finditer(rf"\b(?:{phrase})\b", text)
    return [text[max(0, hit.start() - 30) : hit.end() + 20] for hit in found]


@for_each(("phrase", "instead", "allowed"), [(p, *rest) for p, rest in PHRASES.items()])
def test_private_phrases_stay_few(phrase, instead, allowed):
    found = [f"{page.name}: …{around!r}…" for page in PAGES for around in hits(phrase, page.text)]
    assert len(found) <= allowed, (
        f"{len(found)} times, allowed {allowed}; write {instead!r}?\n" + "\n".join(found)
    )


@for_each("sentence", CONDEMNED)
def test_sentences_that_stopped_readers_would_be_found(sentence):
    assert any(hits(phrase, sentence) for phrase in PHRASES)
