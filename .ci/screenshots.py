"""Take a picture of a report page: `python .ci/screenshots.py PAGE.html OUT.png`.

The whole page is taken, with `--dark` or `--phone` as it looks there; `--print` writes the PDF that
the browser would print. Needs Chromium on the PATH.
"""

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PHONE, DESKTOP = (360, 740), (1280, 900)


def main() -> None:
    """Open the page and take it."""
    options = _arguments()
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("There is no Chromium: apt-get install chromium, then again.")
    width, height = PHONE if options.phone else DESKTOP
    with sync_playwright() as driver:
        # As root, which is what a container has, Chromium starts only without its own sandbox.
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_page(
            viewport={"width": width, "height": height},
            device_scale_factor=2 if options.phone else 1,
            color_scheme="dark" if options.dark else "light",
        )
        page.goto(options.page.resolve().as_uri())
        _take(page, options.out, printed=options.printed)
        chromium.close()


def _take(page: Page, out: Path, *, printed: bool) -> None:
    if printed:
        page.pdf(path=out, format="A4", prefer_css_page_size=True)
    else:
        page.screenshot(path=out, full_page=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Take a picture of a report page.")
    parser.add_argument("page", type=Path, metavar="PAGE.html")
    parser.add_argument("out", type=Path, metavar="OUT.png")
    parser.add_argument("--dark", action="store_true", help="as in dark mode")
    parser.add_argument("--phone", action="store_true", help="360 px wide")
    parser.add_argument("--print", dest="printed", action="store_true", help="a PDF instead")
    return parser.parse_args()


if __name__ == "__main__":
    main()
