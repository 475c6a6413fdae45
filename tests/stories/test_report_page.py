"""The report page in a real browser: on a phone, on a desk, in the dark, on paper, under attack."""

import math
import re
import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from bot.report.page import page as page_of
from bot.report.page import render
from pipeline.artifacts import Picture
from pipeline.context import JobContext, StageError, Waiting
from pipeline.jobs import JobStatus, Stage
from tests.fakes.reported import EVENTS, NOW, reported_job, row_of
from tests.stories.shell import Shell

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PHONE, DESK = (360, 740), (1280, 900)
MOST_BYTES = 3_000_000
HOSTILE = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=1">',
    "</style></head><h1>new page",
    "invoice\u202egnp.exe",
    "x" * 300,
    "👩\u200d👩\u200d👧 family 🍎",
    "שלום עולם",
    "{{ 7 * 7 }} a\x00b",
)

# What a person cannot see well: text whose colour is too near to that of what lies behind it.
FAINT = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const one of document.body.querySelectorAll('*')) {
    const own = [...one.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !one.checkVisibility()) continue;
    const pair = [light(parse(getComputedStyle(one).color)), light(behind(one))].sort();
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < 4.5) faint.push([one.tagName, one.className, one.textContent.slice(0, 40), ratio]);
  }
  return faint;
}"""
IMAGES = """() => Promise.all([...document.images].map(async (one) => {
  await one.decode();
  return [one.naturalWidth, one.alt];
}))"""
WIDTHS = "() => [document.documentElement.scrollWidth, innerWidth]"


class Reader:
    """Somebody who opens pages, and hears what the browser complains of and asks for."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))

    def _hear(self, message: ConsoleMessage) -> None:
        self.complaints.append(message.text)

    def opens(self, path: Path) -> Page:
        self.page.goto(path.as_uri())
        return self.page

    @property
    def strangers(self) -> list[str]:
        """Everything the page asked for beyond itself."""
        return [url for url in self.asked if not url.startswith(("file:", "data:"))]


Readers = Callable[..., Reader]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with sync_playwright() as driver:
        # A container's root can start Chromium only without Chromium's own sandbox.
        started = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def reader(browser: Browser) -> Iterator[Readers]:
    """Makes readers: `reader(size, colours)`, who leave when the test ends."""
    contexts: list[BrowserContext] = []

    def come(size: tuple[int, int] = DESK, colours: str = "light", **more: Any) -> Reader:
        view: Any = {"width": size[0], "height": size[1]}
        scheme: Any = colours
        contexts.append(browser.new_context(viewport=view, color_scheme=scheme, **more))
        return Reader(contexts[-1])

    yield come
    for context in contexts:
        context.close()


def written(folder: Path, context: JobContext, state: str = "done") -> Path:
    """The page of a job, as `mltrainer report` writes it."""
    status = JobStatus(state) if state != "interrupted" else JobStatus.RUNNABLE
    text = render(page_of(row_of(context, status), EVENTS, state=state, model=folder / "model"))
    path = folder / "report.html"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    return written(tmp_path, reported_job(tmp_path / "model"))


@pytest.fixture
def attacked(tmp_path: Path) -> Path:
    """Every name that came from outside is an attack."""
    attacks = reported_job(
        tmp_path / "model",
        words=" ".join(HOSTILE),
        columns=HOSTILE,
        classes=(HOSTILE[0], HOSTILE[1]),
        details={
            "importance": [[name, 1 + at] for at, name in enumerate(HOSTILE)],
            "members": dict.fromkeys(HOSTILE, 0.1),
            "classes": [HOSTILE[2], HOSTILE[4]],
            "confusion": [[1, 2], [3, 4]],
            HOSTILE[0]: [{HOSTILE[1]: HOSTILE[3], HOSTILE[4]: HOSTILE[4]}],
        },
        pictures=[Picture(file="../../secret.png", dark="x", title=HOSTILE[0], alt=HOSTILE[1])],
    )
    return written(tmp_path, attacks)


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_page_reads_well_everywhere(
    reader: Readers, finished: Path, size: tuple[int, int], colours: str
) -> None:
    ann = reader(size, colours)

    page = ann.opens(finished)
    images = page.evaluate(IMAGES)
    wide, window = page.evaluate(WIDTHS)

    assert ann.complaints == []
    assert ann.strangers == []
    assert wide <= window
    assert page.evaluate(FAINT) == []
    assert len(images) == 2
    assert all(width > 0 and "87 were found" in alt for width, alt in images)
    assert page.locator("img:visible").count() == 1
    for text in ("Good", "Clearly better than guessing", "0.8621", "0.812 to 0.905"):
        assert page.get_by_text(text).first.is_visible(), text


def test_its_headings_tell_the_story_in_order(reader: Readers, finished: Path) -> None:
    page = reader().opens(finished)

    headings = page.locator("h1, h2, h3, h4, h5, h6").all()
    levels = [int(str(one.evaluate("one => one.tagName"))[1]) for one in headings]
    chapters = [str(one.text_content()).strip() for one in page.locator("h2").all()]

    assert page.locator("html").get_attribute("lang") == "en"
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    assert chapters == [
        *("Verdict", "Result", "What to do next", "Warnings", "Pictures", "What mattered most"),
        *("Which models won", "In detail", "The data", "How to use it", "How it was made"),
        "In other words",
    ]


def test_it_needs_no_script(reader: Readers, finished: Path) -> None:
    page = reader(java_script_enabled=False).opens(finished)

    assert "0.8621" in page.inner_text("#result")
    assert page.locator("script").count() == 0
    assert len(finished.read_bytes()) < MOST_BYTES


def test_a_picture_opens_and_closes_by_keyboard(reader: Readers, finished: Path) -> None:
    page = reader(PHONE).opens(finished)
    figure = page.locator("figure")
    place = "one => [getComputedStyle(one).position, one.querySelector('img').clientWidth]"

    page.locator("figure a.open").focus()
    page.keyboard.press("Enter")
    opened, large = figure.evaluate(place)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    closed, small = figure.evaluate(place)

    assert (opened, closed) == ("fixed", "static")
    assert large > 2 * small
    assert page.evaluate(WIDTHS) == [360, 360]


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_on_paper_it_is_light_and_whole(reader: Readers, finished: Path, colours: str) -> None:
    page = reader(DESK, colours).opens(finished)

    paper = page.pdf(format="A4", prefer_css_page_size=True)
    page.emulate_media(media="print")
    white = page.evaluate("() => getComputedStyle(document.body).backgroundColor")

    assert len(re.findall(rb"/Type\s*/Page\b", paper)) > 0
    assert white == "rgb(255, 255, 255)"
    assert page.evaluate(FAINT) == []
    assert page.locator("img.day").is_visible()
    assert not page.locator("img.night").is_visible()
    assert not page.locator("a.close").is_visible()
    assert page.get_by_text("9a" * 32).is_visible(), "what is folded on a screen is open on paper"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_names_that_attack_are_only_text(
    reader: Readers, attacked: Path, size: tuple[int, int]
) -> None:
    ann = reader(size)

    page = ann.opens(attacked)
    said = str(page.text_content("body"))
    wide, window = page.evaluate(WIDTHS)

    assert (ann.complaints, ann.strangers) == ([], [])
    assert page.locator("script, h1 >> nth=1, img").count() == 0
    assert "owned" in page.title(), "the words are in the title, as words"
    assert page.title().startswith("<script>")
    assert wide <= window
    for name in (*HOSTILE[:3], *HOSTILE[4:7]):
        assert name in said, name
    assert "invoice⟨U+202E⟩gnp.exe" in said
    assert not set("\u202e\x00") & set(attacked.read_text("utf-8"))


def test_a_job_that_waits_asks_its_question_here_too(reader: Readers, tmp_path: Path) -> None:
    asks = Waiting(
        reason="question",
        text="Which column is the answer?",
        field="target",
        options=("left", "contract"),
    )
    context = unfinished(tmp_path).evolve(waiting=asks)

    page = reader(PHONE).opens(written(tmp_path, context, "waiting"))
    status = page.inner_text("#status")

    for text in ("Waits for you", "Which column is the answer?", "contract", "mltrainer answer j-"):
        assert text in status
    assert "preprocessing" in page.inner_text("#stages")
    assert page.locator("#result, #use").count() == 0


def test_a_job_that_failed_says_why_and_what_to_do(reader: Readers, tmp_path: Path) -> None:
    error = StageError(
        stage=Stage.DATASET,
        attempt=3,
        kind="Rejected",
        message="The step 'report' ran out of memory.",
        hint="Use fewer rows, then retry.",
        at=NOW,
    )
    context = unfinished(tmp_path).evolve(errors=(error,))

    status = reader().opens(written(tmp_path, context, "failed")).inner_text("#status")

    for text in ("Failed", "ran out of memory", "Use fewer rows", "mltrainer retry j-4f0c2k9a"):
        assert text in status


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("interrupted", "mltrainer resume j-4f0c2k9a"),
        ("cancelled", "The job was cancelled."),
    ],
)
def test_a_job_that_stands_still_says_so(
    reader: Readers, tmp_path: Path, state: str, said: str
) -> None:
    page = reader().opens(written(tmp_path, unfinished(tmp_path), state))

    assert said in page.inner_text("#status")


def test_far_numbers_leave_the_page_in_shape(reader: Readers, tmp_path: Path) -> None:
    job = reported_job(tmp_path / "model")
    assert job.run is not None
    assert job.run.metrics is not None
    found = job.run.metrics
    far = [one.model_copy(update={"value": value}) for one in found.baselines for value in FAR]
    metric = found.metric.model_copy(update={"value": math.nan, "ci95": (-1e308, 1e308)})
    wild = found.model_copy(update={"metric": metric, "baselines": tuple(far)})
    context = job.evolve(run=job.run.model_copy(update={"metrics": wild}))

    ann = reader(PHONE)
    page = ann.opens(written(tmp_path, context))

    assert ann.complaints == []
    assert "not defined" in page.inner_text("#result")
    assert page.evaluate(WIDTHS) == [360, 360]


def test_the_program_prints_the_path_of_a_page(reader: Readers, tmp_path: Path) -> None:
    shell = Shell(tmp_path, tmp_path / "environments")
    began = shell.run("run", "make me a spam filter")
    job = began.stderr.split()[1]

    told = shell.run("report", job)
    unknown = shell.run("report", "j-00000000")

    path = Path(told.stdout.removesuffix("\n"))
    assert (told.returncode, path.is_file()) == (0, True)
    assert path == shell.home / "jobs" / job / "report.html"
    assert f"next:  mltrainer answer {job}" in told.stderr
    assert "make me a spam filter" in reader().opens(path).inner_text("h1")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert job in unknown.stderr


FAR = (math.inf, 5e-324, -1e308)


def unfinished(folder: Path) -> JobContext:
    """Three stages done, and nothing trained."""
    job = reported_job(folder / "model")
    results = {stage: job.stage_results[stage] for stage in list(Stage)[:3]}
    nothing = dict.fromkeys(("run", "release", "bundle", "architecture", "config", "preprocessing"))
    return job.evolve(stage_results=results, **nothing)
