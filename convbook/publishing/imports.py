"""Which files of a package a piece of code reads when it runs, found without running it."""

import ast
import importlib.util
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager

NOT_DATA = {".py", ".pyc", ".js", ".css", ".md"}  # front ends are read when the page is made


class Package:
    """A package on disk, its modules parsed at most once."""

    def __init__(self, name: str, folder: Path | None = None):
        self.name = name
        spec = None if folder else importlib.util.find_spec(name)
        self.folder = folder or Path(spec.submodule_search_locations[0])
        self._trees = {}

    def files_behind(self, cells: list[str]) -> list[Path]:
        """Modules that the cells import, those that these import, and the data beside them."""
        found = set()
        waiting = [name for cell in cells for name in self._names_in(parsed_cell(cell))]
        while waiting:
            for path in self._modules_of(waiting.pop()) - found:
                found.add(path)
                waiting += self._names_in(self._tree(path), path)
        return sorted(found | {data for path in found for data in data_beside(path)})

    def _tree(self, path):
        if path not in self._trees:
            self._trees[path] = ast.parse(path.read_text("utf-8"))
        return self._trees[path]

    def _names_in(self, tree, path=None):
        """The dotted names of this package that a module or a cell imports or reaches."""
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
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                base, _, rest = ast.unparse(node).partition(".")
                if base in bound:
                    names.add(f"{bound[base]}.{rest}")
        return {name for name in names if name.split(".")[0] == self.name}

    def _origin(self, node, path):
        """The absolute name of the module that ``from ... import`` names in the module ``path``."""
        if not node.level:
            return node.module
        package = [self.name, *path.relative_to(self.folder).parts[:-1]]
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, *([node.module] if node.module else [])])

    def _modules_of(self, name):
        """The modules that importing a dotted name runs, lazily imported ones included."""
        folder, modules = self.folder, {self.folder / "__init__.py"}
        for part in name.split(".")[1:]:
            if (folder / part / "__init__.py").exists():
                folder /= part
                modules.add(folder / "__init__.py")
            elif (folder / f"{part}.py").exists():
                return modules | {folder / f"{part}.py"}
            else:
                return modules | self._defining(folder, part)
        return modules

    def _defining(self, folder, name):
        """Where a package's ``__getattr__`` may find a name: the modules that define it."""
        if name in defined_in(self._tree(folder / "__init__.py")):
            return set()
        return {path for path in folder.glob("*.py") if name in defined_in(self._tree(path))}


def parsed_cell(source: str) -> ast.Module:
    """A notebook cell, its magics made into Python; empty if it is wrong on purpose."""
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:
        return ast.Module([], [])


def run_on_import(tree):
    """All nodes but those of ``__getattr__`` (lazy imports) and ``if TYPE_CHECKING``."""
    for node in tree.body:
        lazy = isinstance(node, ast.FunctionDef) and node.name == "__getattr__"
        typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not (lazy or typing):
            yield from ast.walk(node)


def defined_in(tree) -> set[str]:
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
