"""The first thing that a worker process runs, before it has imported anything of weight."""

import pickle
import sys
from multiprocessing.connection import Connection


def spare_grammar() -> None:
    """Keep jsonschema, which reads notebooks, from compiling a grammar for seconds.

    It would check addresses in Unicode with it; no notebook has one. A process of ours calls this
    when it starts; a process that only imports the engine is left alone.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def serve(payload: bytes, connection: Connection) -> None:
    """Become a worker: call the function in `payload` with its arguments and the connection.

    Both are pickled, as to find the function imports all that the first line is there for.
    """
    spare_grammar()
    function, arguments = pickle.loads(payload)
    function(*arguments, connection)
