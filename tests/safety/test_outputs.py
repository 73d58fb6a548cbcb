"""A file that a command writes replaces no file of a person: text x output, the sheet itself among them."""

import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from funnel.cli import main

REFUSED = "exists and was not written by funnel, so"
CHANGED = (
    "is not as funnel last wrote it on this computer, so it is unchanged: somebody may have edited it. "
    "Choose another file name, or delete it."
)
ENDINGS = {"calendar": ".ics", "tasks": ".csv", "list": ".csv"}
OUTPUTS = {
    "review": ("report", "{sheet}", "-o", "{file}"),
    "log": ("refresh", "{sheet}", "--log", "{file}"),
    "log of a dry run": ("refresh", "{sheet}", "--log", "{file}", "--dry-run"),
    "summary": ("refresh", "{sheet}", "--summary", "{file}"),
    "calendar": ("due", "{sheet}", "--calendar", "{file}"),
    "tasks": ("due", "{sheet}", "--todoist", "{file}"),
    "list": ("due", "{sheet}", "-o", "{file}"),
    "benchmark": ("portfolio", "{folder}/five.toml", "--no-history", "--anonymous", "{file}"),
    "portfolio": ("portfolio", "{folder}/p.toml", "-o", "{file}"),
}


@pytest.fixture
def folder(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = openpyxl.Workbook()
    for row in (("Client name", "Date of lead", "Client contacted", "First paid session"),
                ("Ana", "2026-01-05", 1, 1), ("Ben", "2026-02-05", 1, None)):  # fmt: skip
        book.worksheets[0].append(row)
    book.save(tmp_path / "clients.xlsx")
    (tmp_path / "p.toml").write_text('[[business]]\nname = "A"\nsheet = "clients.xlsx"\n')
    five = tmp_path_factory.mktemp("five") / "five.csv"
    rows = (f"{name} {n},2026-01-05,1,{n},{name}" for name in "ABCDE" for n in (0, 1))
    five.write_text("Client name,Date of lead,Client contacted,First paid session,gym\n" + "\n".join(rows))
    (tmp_path / "five.toml").write_text(f"[[source]]\nsheet = '{five}'\nby = 'gym'\n")
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
    assert {path.name for path in folder.iterdir()} == {"clients.xlsx", "p.toml", "five.toml"}


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


@pytest.mark.parametrize(
    ("option", "names"),
    [((), ["drop-off.png"]), (("--picture", "svg", "--picture", "pdf"), ["drop-off.svg", "funnel.pdf"])],
)
def test_pictures_of_a_person_are_kept(folder: Path, option: tuple[str, ...], names: list[str]) -> None:
    """And nothing is written if one of the names is taken."""
    pictures = folder / "pictures"
    pictures.mkdir()
    for name in names:
        (pictures / name).write_bytes(b"a photograph of Zoe's")
    result = CliRunner().invoke(main, ["charts", str(folder / "clients.xlsx"), "-o", str(pictures), *option])
    assert (result.exit_code, f"{pictures / names[0]} {REFUSED}" in result.output) == (4, True)
    assert sorted(path.name for path in pictures.iterdir()) == sorted(names)
    assert {path.read_bytes() for path in pictures.iterdir()} == {b"a photograph of Zoe's"}


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_pictures_are_drawn_again_until_somebody_changes_one(folder: Path, kind: str) -> None:
    arguments = ["charts", str(folder / "clients.xlsx"), "-o", str(folder / "p"), "--picture", kind]
    assert [CliRunner().invoke(main, arguments).exit_code for _ in range(2)] == [0, 0]
    picture = folder / "p" / f"drop-off.{kind}"
    picture.write_bytes(picture.read_bytes() + b"<!-- a note of Zoe's -->")
    before = picture.read_bytes()
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, picture.read_bytes()) == (4, before)
    assert f"{picture} {CHANGED}" in result.output


def test_a_drawing_that_inkscape_saved_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also on another computer, where no record shows it: programs keep no comment before the drawing."""
    from funnel.charts.drawing.files import is_picture

    arguments = ["charts", str(folder / "clients.xlsx"), "-o", str(folder / "p"), "--picture", "svg"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    picture = folder / "p" / "drop-off.svg"
    assert is_picture(picture)
    monkeypatch.setenv("FUNNEL_STATE", str(folder / "of another computer"))
    assert CliRunner().invoke(main, arguments).exit_code == 0
    picture.write_text(picture.read_text("utf-8").replace("<!-- Creator: funnel -->", ""), "utf-8")
    assert CliRunner().invoke(main, arguments).exit_code == 4


@pytest.mark.parametrize("output", ["review", "summary", "calendar", "tasks", "list", "benchmark"])
def test_a_file_with_words_of_a_person_is_kept(folder: Path, output: str) -> None:
    """An editor of text keeps the first line and the generator, so the mark of funnel is there still."""
    endings = {"review": ".html", "list": ".csv", "summary": ".txt", "benchmark": ".json"}
    file = folder / f"ours{endings.get(output) or ENDINGS[output]}"
    assert [run(folder, output, file)[0] for _ in range(2)] == [0, 0]
    file.write_bytes(file.read_bytes().rstrip() + b" (called her)\r\n")
    before, sheet = file.read_bytes(), (folder / "clients.xlsx").read_bytes()
    code, said = run(folder, output, file)
    assert (code, file.read_bytes(), f"{file} {CHANGED}" in said) == (4, before, True)
    assert (folder / "clients.xlsx").read_bytes() == sheet
    file.unlink()
    assert run(folder, output, file)[0] == 0


def test_a_refused_refresh_leaves_no_summary(folder: Path) -> None:
    (folder / "~$clients.xlsx").touch()
    assert run(folder, "summary", folder / "week.txt")[0] == 4
    assert sorted(path.name for path in folder.iterdir()) == [
        "clients.xlsx",
        "five.toml",
        "p.toml",
        "~$clients.xlsx",
    ]


def test_the_demo_keeps_pictures_of_a_person(folder: Path) -> None:
    """The sheet is refreshed all the same, and that is what the exit code means."""
    demo = folder / "demo"
    demo.mkdir()
    (demo / "drop-off.png").write_bytes(b"a photograph of Zoe's")
    result = CliRunner().invoke(main, ["demo", "-o", str(demo)])
    assert result.exit_code == 0, result.output
    assert f"{demo / 'gym.xlsx'} was written. A later step failed: {demo / 'drop-off.png'} " in result.output
    assert (demo / "drop-off.png").read_bytes() == b"a photograph of Zoe's"


def test_a_folder_of_reviews_says_what_was_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pptx")
    pytest.importorskip("typst")
    from funnel.errors import WriteError
    from funnel.sheets import outputs

    write = outputs.write_output

    def fail(path: Path, *rest: object) -> None:
        if path.suffix == ".pptx":
            raise WriteError(f"{path} could not be written: the disk is full.")
        write(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(outputs, "write_output", fail)
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
