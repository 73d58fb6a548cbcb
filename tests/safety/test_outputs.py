"""A file that a command writes replaces no file of a person: text x output, the sheet itself among them."""

import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from funnel.cli import main

REFUSED = "exists and was not written by funnel, so"
OUTPUTS = {
    "review": ("report", "{sheet}", "-o", "{file}"),
    "log": ("refresh", "{sheet}", "--log", "{file}"),
    "log of a dry run": ("refresh", "{sheet}", "--log", "{file}", "--dry-run"),
    "summary": ("refresh", "{sheet}", "--summary", "{file}"),
    "calendar": ("due", "{sheet}", "--calendar", "{file}"),
    "tasks": ("due", "{sheet}", "--todoist", "{file}"),
    "portfolio": ("portfolio", "{folder}/p.toml", "-o", "{file}"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in (("Client name", "Date of lead", "Client contacted", "First paid session"),
                ("Ana", "2026-01-05", 1, 1), ("Ben", "2026-02-05", 1, None)):  # fmt: skip
        book.worksheets[0].append(row)
    book.save(tmp_path / "clients.xlsx")
    (tmp_path / "p.toml").write_text('[[business]]\nname = "A"\nsheet = "clients.xlsx"\n')
    return tmp_path


def run(folder: Path, output: str, file: Path) -> tuple[int, str]:
    sheet = folder / "clients.xlsx"
    arguments = [part.format(sheet=sheet, folder=folder, file=file) for part in OUTPUTS[output]]
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.mark.parametrize("output", OUTPUTS)
def test_no_output_replaces_the_sheet(folder: Path, output: str) -> None:
    sheet = folder / "clients.xlsx"
    before = sheet.read_bytes()
    code, said = run(folder, output, sheet)
    assert (code, sheet.read_bytes() == before) == (4, True)
    assert f"{sheet} {REFUSED}" in said
    assert {path.name for path in folder.iterdir()} == {"clients.xlsx", "p.toml"}


@pytest.mark.parametrize("output", ["log", "summary", "calendar", "tasks"])
def test_no_output_waits_for_the_reader_of_a_pipe(folder: Path, output: str) -> None:
    import os

    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    os.mkfifo(folder / "pipe")
    code, said = run(folder, output, folder / "pipe")
    assert (code, REFUSED in said) == (4, True)


def test_a_summary_and_a_log_are_written_again(folder: Path) -> None:
    for name in ("log", "summary"):
        file = folder / f"{name}.txt"
        assert [run(folder, name, file)[0] for _ in range(2)] == [0, 0]
        assert file.read_text("utf-8").count("\n") >= (2 if name == "log" else 1)


@pytest.mark.parametrize("kind", ["html", "xlsx", "pptx", "pdf"])
def test_a_review_is_written_again_until_somebody_saves_it(folder: Path, kind: str) -> None:
    if kind == "pptx":
        pytest.importorskip("pptx")
    if kind == "pdf":
        pytest.importorskip("typst")
    file = folder / f"review.{kind}"
    assert [run(folder, "review", file)[0] for _ in range(2)] == [0, 0]
    if kind == "xlsx":
        openpyxl.load_workbook(file).save(file)
    elif kind == "pptx":
        import pptx

        deck = pptx.Presentation(str(file))
        deck.core_properties.last_modified_by = "Zoe"
        deck.save(str(file))
    else:
        file.write_bytes(b"a letter of Zoe's")
    before = file.read_bytes()
    assert run(folder, "review", file)[0] == 4
    assert file.read_bytes() == before


def test_init_overwrites_journey_files_only(folder: Path) -> None:
    sheet = folder / "clients.xlsx"
    before = sheet.read_bytes()
    result = CliRunner().invoke(main, ["init", str(sheet), "--yes", "-o", str(sheet), "--force"])
    assert (result.exit_code, sheet.read_bytes() == before) == (2, True)
    assert result.output == (
        f"Error: {sheet} is not a journey file and was not changed. Name a .toml file with -o FILE.\n"
    )
    assert zipfile.is_zipfile(sheet)
