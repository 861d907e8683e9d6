"""Reads and runs a cell as IPython does: its own transformer, magics, awaits, and `_`.

What IPython brings is loaded when a cell is no plain Python, and not before: most never need it.
There is no shell and no program behind the jail's wall, so of the lines that begin with an
exclamation mark only those do something that look at the folder.
"""

import ast
import inspect
import os
import shlex
import sys

AWAITS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
#: What IPython keeps of what was shown, and a new shell begins with anew.
SHOWN = ("_", "__", "___", "Out")


def parse(source, filename):
    """Parse a cell, as Python or else as IPython's own language."""
    try:
        return ast.parse(source, filename)
    except SyntaxError:
        plain = _transformed(source)
        if plain == source:
            raise
        return ast.parse(plain, filename)


def _transformed(source):
    try:
        from IPython.core.inputtransformer2 import TransformerManager
    except ImportError:
        return source
    if not source.endswith("\n"):
        source += "\n"
    return TransformerManager().transform_cell(source)


class Shell:
    """Stands in for the notebook's IPython; the real one is made when something is asked of it."""

    def __init__(self, module):
        self.module = module
        self.passed_over = False
        self._real = None
        self._loop = None
        self._shown = None
        module.__dict__["get_ipython"] = self.get

    def get(self):
        """What `get_ipython()` returns in a cell."""
        if self._real is None:
            self._real = self._make()
        return self._real

    def _make(self):
        os.environ.setdefault("IPYTHONDIR", "/tmp/work/.ipython")
        os.environ.setdefault("MPLBACKEND", "agg")
        from IPython.core.interactiveshell import InteractiveShell
        from IPython.utils.text import SList
        from traitlets.config import Config

        outer = self

        class Real(InteractiveShell):
            def system(self, command):
                text = outer.command(command)
                if text:
                    print(text)

            def getoutput(self, command, split=True, depth=0):
                text = outer.command(command)
                return SList(text.split("\n") if text else []) if split else text

            def enable_gui(self, gui=None):
                pass

        settings = Config()
        settings.HistoryManager.enabled = False
        saved = sys.excepthook, sys.displayhook
        names = self.module.__dict__
        shown = {name: names[name] for name in SHOWN if name in names}
        real = Real(config=settings, user_module=self.module, user_ns=names)
        sys.excepthook, sys.displayhook = saved
        sys.modules["__main__"] = self.module
        names.update(shown, get_ipython=self.get)
        if "_" not in shown:
            self._shown = names.get("_")
        for name in ("pip", "conda", "mamba", "micromamba", "uv", "bash", "sh", "script"):
            for kind in ("line", "cell"):
                real.magics_manager.register_function(self._pass_over, kind, name)
        return real

    def _pass_over(self, line="", cell=None):
        self.passed_over = True

    def command(self, command):
        """The text that a command of the system would print, where nothing has to run for it."""
        try:
            name, *words = shlex.split(str(command))
        except ValueError:
            name, words = "", []
        folders = [word for word in words if not word.startswith("-")] or ["."]
        if name == "pwd":
            return os.getcwd()
        if name == "echo":
            return " ".join(words)
        if name == "ls" and os.path.isdir(folders[0]):
            return "\n".join(sorted(n for n in os.listdir(folders[0]) if not n.startswith(".")))
        self.passed_over = True
        return ""

    # -- running -----------------------------------------------------------------------------------

    def run(self, tree, filename, names):
        """Run a cell's tree; return what its last line is, if that is an expression."""
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            last = ast.Expression(tree.body.pop().value)
        self._run(compile(tree, filename, "exec", AWAITS), names)
        return None if last is None else self._run(compile(last, filename, "eval", AWAITS), names)

    def _run(self, code, names):
        value = eval(code, names)
        if not code.co_flags & inspect.CO_COROUTINE:
            return value
        if self._loop is None:
            import asyncio

            self._loop = asyncio.new_event_loop()
        return self._loop.run_until_complete(value)

    def remember(self, value, number, names):
        """Keep what was shown under the names that IPython gives it, unless they are taken."""
        if names.get("_") is self._shown:
            names["___"], names["__"] = names.get("__", ""), names.get("_", "")
            names["_"] = self._shown = value
        names[f"_{number}"] = value
        if isinstance(shown := names.setdefault("Out", {}), dict):
            shown[number] = value
