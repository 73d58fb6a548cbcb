"""Make the pictures of the README from sample_data/gym.xlsx: ``python docs/make_images.py``.

Needs LibreOffice (`soffice`) and poppler-utils (`pdftotext`, `pdftoppm`). The sheet is refreshed in a
temporary folder, printed as LibreOffice shows it, and cut to what is not white.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageChops

import funnel

HERE = Path(__file__).parent
GYM, IMAGES = HERE.parent / "sample_data" / "gym.xlsx", HERE / "images"
AS_OF = "2026-11-21"
PAGES = {"funnel-tab": "Where the journey leaks", "refreshed": "Drop-off from previous step"}
"""Picture -> a text on its page."""
DOTS, WIDTH, MARGIN = 130, 1400, 12


def main() -> None:
    """Write funnel-tab.png, refreshed.png and drop-off.png."""
    with TemporaryDirectory() as folder:
        book = Path(folder) / "gym.xlsx"
        funnel.refresh(GYM, as_of=AS_OF, out=book)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(book)]
        subprocess.run(office, check=True, capture_output=True)
        for name, text in PAGES.items():
            save(picture_of(book.with_suffix(".pdf"), text), IMAGES / f"{name}.png")
    axes = funnel.Funnel(funnel.load(GYM), AS_OF).plot.drop_off()
    axes.figure.savefig(IMAGES / "drop-off.png", dpi=120)
    with Image.open(IMAGES / "drop-off.png") as drawn:
        save(drawn.convert("RGB"), IMAGES / "drop-off.png")


def picture_of(pdf: Path, text: str) -> Image.Image:
    """Return the first page of a PDF that contains a text, without its white margins."""
    said = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True)
    page = next(n for n, words in enumerate(said.stdout.split("\f"), start=1) if text in words)
    only = ["-f", str(page), "-l", str(page), "-singlefile"]
    made = pdf.with_name(f"page{page}")
    subprocess.run(["pdftoppm", "-r", str(DOTS), "-png", *only, str(pdf), str(made)], check=True)
    with Image.open(made.with_suffix(".png")) as opened:
        whole = opened.convert("RGB")
    left, top, right, bottom = ImageChops.invert(whole).getbbox() or (0, 0, *whole.size)
    return whole.crop((left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN))


def save(picture: Image.Image, path: Path) -> None:
    """Save a picture in few colours, at most as wide as the README shows it."""
    if picture.width > WIDTH:
        size = WIDTH, round(picture.height * WIDTH / picture.width)
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    picture.quantize(128).save(path, optimize=True)


if __name__ == "__main__":
    main()
