"""The first thing that a worker process runs, before it has imported anything of weight."""

import gc
import pickle
import sys
from multiprocessing.connection import Connection

#: What jsonschema, which reads notebooks, would check texts with that no notebook has: addresses,
#: for whose grammars it compiles up to some seconds, dates, durations and colours.
UNUSED = (
    *("rfc3986_validator", "rfc3987_syntax", "rfc3339_validator", "isoduration"),
    *("fqdn", "uri_template", "jsonpointer", "webcolors"),
)


def start_lightly() -> None:
    """Spare a process of ours what takes time when it starts, and does nothing for marking.

    Who only imports the engine is left alone.
    """
    for name in UNUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    # Importing makes hundreds of thousands of objects that stay: looking through them is in vain.
    gc.set_threshold(50_000, 20, 50)


def serve(payload: bytes, connection: Connection) -> None:
    """Become a worker: call the function in `payload` with its arguments and the connection.

    Both are pickled, as to find the function imports all that the first line is there for.
    """
    start_lightly()
    function, arguments = pickle.loads(payload)
    function(*arguments, connection)
