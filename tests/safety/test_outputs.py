"""A file that a command writes replaces no file of a person: text x output, the sheet itself among them."""

import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from funnel.cli import main

REFUSED = "exists and was not written by funnel, so"
ENDINGS = {"calendar": ".ics", "tasks": ".csv"}
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
    assert sheet.read_bytes() == before
    if output in ENDINGS:
        assert (code, f"writes a {ENDINGS[output]} file, not 'clients.xlsx'." in said) == (2, True)
    else:
        assert (code, f"{sheet} {REFUSED}" in said) == (4, True)
    assert {path.name for path in folder.iterdir()} == {"clients.xlsx", "p.toml"}


@pytest.mark.parametrize("output", ["log", "summary", "calendar", "tasks"])
def test_no_output_waits_for_the_reader_of_a_pipe(folder: Path, output: str) -> None:
    import os

    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    pipe = folder / f"pipe{ENDINGS.get(output, '')}"
    os.mkfifo(pipe)
    code, said = run(folder, output, pipe)
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


@pytest.mark.parametrize(
    "theirs", ["as_of,business,leads,step,n,reached,note\n", "Leads of July\n", "\0", "as_of\n"]
)
def test_another_history_of_a_portfolio_is_kept(folder: Path, theirs: str) -> None:
    """A file of the same name, or one that a person added a column to; before, it was replaced."""
    path = folder / "p.history.csv"
    path.write_text(theirs, "utf-8")
    code, said = run(folder, "portfolio", folder / "review.html")
    assert (code, path.read_text("utf-8")) == (0, theirs)
    assert "The history was not recorded: " in said


def test_a_history_that_cannot_be_read_is_kept(folder: Path) -> None:
    path = folder / "p.history.csv"
    path.mkdir()
    code, said = run(folder, "portfolio", folder / "review.html")
    assert code == 0
    assert f"The history was not recorded: {path} is a folder. Name the file in it." in said.splitlines()


def test_no_temporary_file_is_written_through_a_link(folder: Path) -> None:
    """The name of the temporary file was known in advance."""
    mine = folder / "mine.txt"
    mine.write_text("a letter", "utf-8")
    (folder / ".review.html.new").symlink_to(mine)
    assert run(folder, "review", folder / "review.html")[0] == 0
    assert mine.read_text("utf-8") == "a letter"


def test_a_table_replaces_tables_of_a_portfolio_only(folder: Path) -> None:
    pd, parquet = pytest.importorskip("pandas"), folder / "table.parquet"
    pytest.importorskip("pyarrow")
    assert [run(folder, "portfolio", parquet)[0] for _ in range(2)] == [0, 0]
    assert list(pd.read_parquet(parquet)["business"].unique()) == ["A"]
    pd.DataFrame({"business": ["mine"]}).to_parquet(parquet)
    before = parquet.read_bytes()
    assert (run(folder, "portfolio", parquet)[0], parquet.read_bytes()) == (4, before)


def test_a_folder_of_reviews_says_what_was_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pptx")
    pytest.importorskip("typst")
    from funnel.errors import WriteError
    from funnel.reports.documents import formats

    write = formats.write_output

    def fail(path: Path, *rest: object) -> None:
        if path.suffix == ".pptx":
            raise WriteError(f"{path} could not be written: the disk is full.")
        write(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(formats, "write_output", fail)
    code, said = run(folder, "review", folder / "all")
    assert code == 4
    assert said.endswith(" the disk is full. Written before that: review.html and review.pdf.\n")
    assert sorted(path.name for path in (folder / "all").iterdir()) == ["review.html", "review.pdf"]


def test_a_run_is_one_line_of_the_log_whatever_the_name_of_the_sheet(folder: Path) -> None:
    sheet = folder / "two\nlines.xlsx"
    (folder / "clients.xlsx").rename(sheet)
    result = CliRunner().invoke(main, ["refresh", str(sheet), "--quiet", "--log", str(folder / "log")])
    assert result.exit_code == 0
    lines = (folder / "log").read_text("utf-8").splitlines()
    assert len(lines) == 1
    assert "two lines.xlsx" in lines[0]


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices with a path there")
def test_a_portfolio_of_things_that_are_no_sheets(folder: Path) -> None:
    """Each is left out, with the reason; the good one is compared."""
    import os

    os.mkfifo(folder / "pipe")
    sheets = ("pipe", "/dev/zero", "/proc/kmsg", ".", "~nobody9/x", r"a\u0000b", "clients.xlsx")
    text = "".join(f'[[business]]\nname = "{n}"\nsheet = "{sheet}"\n' for n, sheet in enumerate(sheets))
    (folder / "p.toml").write_text(text, "utf-8")
    code, said = run(folder, "portfolio", folder / "review.html")
    assert code == 0
    assert "1 business, 6 left out" in said
