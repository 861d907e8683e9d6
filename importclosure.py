"""Which source files a piece of code reads when it runs, found without running it.

A tiny library that belongs to nobody here: the book asks which pages a change concerns, the grader
which marks. A `Sources` knows the folders of some packages; what else code imports is not followed.
"""

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

NOT_DATA = {".py", ".pyc", ".js", ".css", ".md"}  # front ends are read when a page is made


class Sources:
    """Packages on disk by their names, their modules parsed at most once.

    What `absent` names, and all below it, is not there: imports of it lead nowhere.
    """

    def __init__(self, packages: Mapping[str, Path], absent: Iterable[str] = ()):
        self.absent = frozenset(absent)
        self.packages = {name: Path(folder) for name, folder in packages.items()}
        self._trees: dict[Path, ast.Module] = {}

    def behind(self, names: Iterable[str] = (), trees: Iterable[ast.Module] = ()) -> list[Path]:
        """Return the modules behind dotted `names` and behind what `trees` import, in order.

        These are the modules that importing runs, those that these import, and so on; names that a
        package brings lazily, and imports inside functions, are followed too.
        """
        found: set[Path] = set()
        waiting = [*names, *(name for tree in trees for name in self._names_in(tree))]
        seen = set()
        while waiting:
            name = self._there(waiting.pop())
            if name in seen or name.split(".")[0] not in self.packages:
                continue
            seen.add(name)
            for path in self._modules_of(name) - found:
                found.add(path)
                waiting += self._names_in(self._tree(path), path)
        return sorted(found)

    def _there(self, name) -> str:
        """The name, or the package around it where it is absent."""
        for other in self.absent:
            if name == other or name.startswith(f"{other}."):
                return self._there(other.rpartition(".")[0])
        return name

    def _tree(self, path):
        if path not in self._trees:
            self._trees[path] = ast.parse(path.read_text("utf-8"), str(path))
        return self._trees[path]

    def _names_in(self, tree, path=None) -> set[str]:
        """The dotted names of these packages that a module or a cell imports or reaches."""
        names, bound = set(), {}
        for node in run_on_import(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    names.add(alias.name)
                    bound[alias.asname or alias.name.split(".")[0]] = (
                        alias.name if alias.asname else alias.name.split(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom):
                origin = self._origin(node, path)
                for alias in node.names:
                    names.add(f"{origin}.{alias.name}")
                    bound[alias.asname or alias.name] = f"{origin}.{alias.name}"
            elif isinstance(node, ast.Call):
                names |= self._computed(node)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                base, *rest = _dotted(node)
                if base in bound:
                    names.add(".".join([bound[base], *rest]))
        return {name for name in names if name.split(".")[0] in self.packages}

    def _computed(self, call: ast.Call) -> set[str]:
        """The modules that ``import_module(f"package.{...}")`` may bring: all of that package."""
        name = call.args[0] if call.args else None
        if not (
            isinstance(name, ast.JoinedStr) and ast.unparse(call.func).endswith("import_module")
        ):
            return set()
        first = name.values[0]
        prefix = str(first.value) if isinstance(first, ast.Constant) else ""
        package = prefix.rpartition(".")[0]
        top, *parts = package.split(".")
        if top not in self.packages:
            return set()
        folder = self.packages[top].joinpath(*parts)
        return {f"{package}.{path.stem}" for path in folder.glob("*.py")}

    def _origin(self, node, path) -> str:
        """The absolute name of the module that ``from ... import`` names in the module ``path``."""
        if not node.level:
            return node.module
        for name, folder in self.packages.items():
            if path is not None and path.is_relative_to(folder):
                package = [name, *path.relative_to(folder).parts[:-1]]
                package = package[: len(package) - node.level + 1]
                return ".".join([*package, *([node.module] if node.module else [])])
        return ""

    def _modules_of(self, name) -> set[Path]:
        """The modules that importing a dotted name runs, lazily imported ones included."""
        top, *parts = name.split(".")
        folder = self.packages[top]
        modules = _own(folder)
        for part in parts:
            if (folder / part / "__init__.py").exists():
                folder /= part
                modules.add(folder / "__init__.py")
            elif (folder / f"{part}.py").exists():
                return modules | {folder / f"{part}.py"}
            else:
                return modules | self._defining(folder, part)
        return modules

    def _defining(self, folder, name) -> set[Path]:
        """Where a package's ``__getattr__`` may find a name: the modules that define it."""
        if any(name in defined_in(self._tree(path)) for path in _own(folder)):
            return set()
        return {path for path in folder.glob("*.py") if name in defined_in(self._tree(path))}


def _dotted(node) -> list[str]:
    """The names of ``a.b.c``; of an attribute of something else than a name, those behind it."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id if isinstance(node, ast.Name) else "", *reversed(parts)]


def _own(folder) -> set[Path]:
    return {path for path in [folder / "__init__.py"] if path.exists()}


def run_on_import(tree: ast.Module) -> Iterator[ast.AST]:
    """All nodes but those of ``__getattr__`` (lazy imports) and ``if TYPE_CHECKING``."""
    for node in tree.body:
        lazy = isinstance(node, ast.FunctionDef) and node.name == "__getattr__"
        typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not (lazy or typing):
            yield from ast.walk(node)


def defined_in(tree: ast.Module) -> set[str]:
    """The names that a module binds at its top level, imports included."""
    names = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {
                n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)
            }
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
    return names


def data_beside(module: Path) -> set[Path]:
    """The data files of a module's folder, and of the folders there that are not packages."""
    found = set()
    for path in module.parent.iterdir():
        if path.is_file() and path.suffix not in NOT_DATA:
            found.add(path)
        elif path.is_dir() and path.name != "__pycache__" and not (path / "__init__.py").exists():
            found |= {p for p in path.rglob("*") if p.is_file() and p.suffix not in NOT_DATA}
    return found


# --- what of a file counts -----------------------------------------------------------------------


def essence(path: Path) -> bytes:
    """What of a file can change what code does: a module without comments, layout, docstrings.

    Anything else than Python counts as it is.
    """
    raw = Path(path).read_bytes()
    if Path(path).suffix != ".py":
        return raw
    return ast.dump(_without_docstrings(ast.parse(raw))).encode()


def _without_docstrings(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:] if isinstance(first.value.value, str) else node.body
    return tree


def state(places: Iterable[Path]) -> str:
    """Return a hash of which files lie below some places, with their sizes and times, unread.

    As long as it stays, nothing has been written there since; Python's own caches don't count.
    """
    whole = hashlib.sha256()
    for path in sorted(
        {path for place in places for path in _below(Path(place).absolute(), set())}
    ):
        about = path.stat()
        line = f"{path}\0{about.st_size} {about.st_mtime_ns} {about.st_ctime_ns}\n"
        whole.update(line.encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def _below(place: Path, seen: set[Path]) -> Iterator[Path]:
    """The files below a place, along links to folders as well; no folder twice."""
    if place.is_file():
        yield place
    elif place.is_dir() and place.name != "__pycache__" and (real := place.resolve()) not in seen:
        seen.add(real)
        for path in place.iterdir():
            yield from _below(path, seen)


def digest(paths: Iterable[Path], *more: str) -> str:
    """Return a hash of what counts of the files, whatever they are called, and of some texts."""
    whole = hashlib.sha256()
    for part in (*(essence(path) for path in paths), *(text.encode() for text in more)):
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()
