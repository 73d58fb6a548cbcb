"""Measure the house: `python -m benchmarks.house [FOLDER]` prints the figures of a package.

Modules, lines, imports between its own modules, the largest folder, docstrings, and the circles: groups of
modules, and of rooms, each of which can be reached from each other one by imports.
"""

import ast
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import mean, median

Graph = Mapping[str, set[str]]


def modules(package: Path) -> dict[str, Path]:
    """Dotted name -> file of each module."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(package: Path) -> dict[str, set[str]]:
    """Each module -> the modules of the package that it imports, in functions and for types too."""
    known = modules(package)
    return {name: set(_imported(path, known)) - {name} for name, path in known.items()}


def _imported(path: Path, known: Mapping[str, Path]) -> Iterable[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name for name in inner if name in known)
            if not all(name in known for name in inner):
                yield node.module


def circles(graph: Graph) -> list[list[str]]:
    """Groups of two nodes or more, each of which reaches each other one (Tarjan's components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = []
            while not group or group[-1] != node:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(sorted(group))

    for node in graph:
        if node not in index:
            visit(node)
    return found


def rooms(graph: Graph) -> dict[str, set[str]]:
    """The same arrows between rooms: the folders and files right below the package."""
    result: dict[str, set[str]] = {}
    for name, others in graph.items():
        if "." in name:  # the package itself only passes names on
            room = _room(name)
            result.setdefault(room, set()).update(_room(o) for o in others if "." in o and _room(o) != room)
    return result


def _room(name: str) -> str:
    return ".".join(name.split(".")[:2])


def figures(package: Path) -> dict[str, object]:
    """The figures, by what they are."""
    known, graph = modules(package), imports(package)
    lines = {name: len(path.read_text("utf-8").splitlines()) for name, path in known.items()}
    sizes: dict[Path, int] = {}
    for path in known.values():
        if path.stem != "__init__":
            sizes[path.parent] = sizes.get(path.parent, 0) + 1
    largest = max(sizes, key=lambda folder: sizes[folder])
    real = {name for name, path in known.items() if path.stem != "__init__"}
    nodes = [node for path in known.values() for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    functions = [
        node for node in nodes
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]  # fmt: skip
    documented = sum(ast.get_docstring(node) is not None for node in functions)
    return {
        "modules": len(real),
        "lines": sum(lines.values()),
        "median lines": median(lines[name] for name in real),
        "largest module": max((lines[name], name) for name in real),
        "imports per module": round(mean(len(graph[name]) for name in real), 2),
        "largest folder": (sizes[largest], largest.relative_to(package.parent).as_posix()),
        "circles of modules": circles(graph),
        "circles of rooms": circles(rooms(graph)),
        "public names with a docstring": f"{documented} of {len(functions)}",
    }


if __name__ == "__main__":
    for what, figure in figures(Path(sys.argv[1] if sys.argv[1:] else "funnel").resolve()).items():
        print(f"{what}: {figure}")
