"""The ways of keeping students' code apart, by name, and what each one gives up."""

CONTAINERS = ("docker", "podman")
KINDS = ("bubblewrap", *CONTAINERS, "process")

_CONTAINER = (
    "A container for each notebook: slower, as each has to start, and as safe as the engine."
)
GIVES_UP = {
    "process": "Students' code runs as you, on your files and your network: it can read the "
    "solutions, the gradebook and your keys, and change all of them. Only its time is limited. "
    "For code that you trust as your own, and for nothing else.",
    "docker": _CONTAINER,
    "podman": _CONTAINER,
}


class NoIsolation(RuntimeError):
    """This machine can't isolate in the way that was asked for; the message names the choices."""
