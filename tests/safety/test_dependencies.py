"""The dependencies of an installation: their licences, and how CI judges their advisories."""

import importlib.util
import json
import re
from importlib.metadata import distribution
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

FREE = re.compile(
    r"\b(MIT|BSD|Apache|PSF|Python Software Foundation|ISC|MPL|Mozilla Public License|HPND|Zlib|0BSD)\b",
    re.IGNORECASE,
)
"""Licences without conditions for those who use funnel (MPL only for changes of its own files)."""


def licence(package: str) -> str:
    """Return the licence as a package declares it: an expression, else a classifier, else a first line."""
    found = distribution(package).metadata
    classes = [text for text in found.get_all("Classifier", []) if text.startswith("License ::")]
    texts = (found.get("License-Expression"), *classes, (found.get("License") or "").split("\n")[0])
    return next((text.split(" :: ")[-1] for text in texts if text), "")


def needed(package: str) -> set[str]:
    """Return all packages that a package needs on this system, without those of its extras."""
    found: set[str] = set()
    todo = [package]
    while todo:
        for text in distribution(todo.pop()).requires or []:
            requirement = Requirement(text)
            if requirement.name not in found and (
                requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            ):
                found.add(requirement.name)
                todo.append(requirement.name)
    return found


def test_the_table_of_licences(root: Path) -> None:
    direct = [Requirement(text) for text in distribution("funnelbook").requires or []]
    names = [each.name for each in direct if each.marker is None]
    text = (root / "docs" / "promises.md").read_text("utf-8")
    table = re.search(r"\| package \| licence \|\n\|[-|]+\|\n((?:\|.*\|\n)+)", text)
    assert table
    written = dict(re.findall(r"^\| (\S+) \| (.+) \|$", table[1], re.MULTILINE))
    family = {name: FREE.findall(text) for name, text in written.items()}
    assert family == {name: FREE.findall(licence(name)) for name in names}


def test_every_package_of_an_installation_has_a_free_licence() -> None:
    packages = needed("funnelbook")
    assert len(packages) > 25
    assert {name: licence(name) for name in packages if not FREE.search(licence(name))} == {}


@pytest.fixture(scope="module")
def audit(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("judge_audit", root / ".ci" / "judge_audit.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_pip_audit_answers_is_judged(audit: ModuleType) -> None:
    fault = {"id": "PYSEC-2030-1", "fix_versions": ["2.1"]}
    asked, unknown = {"name": "a", "version": "2.0", "vulns": []}, {"name": "b", "skip_reason": "not on PyPI"}
    for packages, said in (
        ([asked, unknown], (0, "No known fault in 1 of 2 packages; the others could not be asked.")),
        ([unknown], (0, "Not judged: no advisories were found for any of 1 packages.")),
        ([unknown, {**asked, "vulns": [fault]}], (1, "Known faults:\na 2.0, PYSEC-2030-1: mended in 2.1")),
    ):
        assert audit.judge(json.dumps({"dependencies": packages})) == said
    for nothing in ("", "[]", "Could not connect"):
        assert audit.judge(nothing)[0] == 0
