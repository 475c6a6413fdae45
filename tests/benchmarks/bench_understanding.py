"""How well requests are understood: the right task and columns, asked, stopped, or wrong.

    make bench-understanding
    python tests/benchmarks/bench_understanding.py --second --verbose

Every prompt goes through the real intake, intent, dataset and config agents with its files beside
it, and what came of it is held against what its author expected. Without `--second` the prompts
are those below DEV_DATA, with it those of second_set/, whose data is made up on the spot.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from adapters.clock import SystemClock  # noqa: E402
from adapters.sources.file import adapter as file_source  # noqa: E402
from adapters.workbench import adapter as make_workbench  # noqa: E402
from pipeline.agents import find_agents  # noqa: E402
from pipeline.artifacts import DataInput, DataReport, TrainingConfig  # noqa: E402
from pipeline.context import JobContext, Request  # noqa: E402
from pipeline.errors import PersonCanFix  # noqa: E402
from pipeline.events import Event  # noqa: E402
from pipeline.intent import ParsedIntent  # noqa: E402
from pipeline.jobs import Actor, JobId, Place, Stage  # noqa: E402
from pipeline.outcomes import Ask, Done, Outcome  # noqa: E402
from pipeline.ports import Ports  # noqa: E402
from pipeline.recipe import known_recipes  # noqa: E402
from tests.benchmarks.second_set import made_up  # noqa: E402
from tests.benchmarks.understood import Understood, Verdict, judge  # noqa: E402

DEV = Path(os.environ.get("DEV_DATA", ROOT.parent / "shared" / "data")) / "dev"
SECOND = Path(__file__).with_name("second_set") / "PROMPTS.jsonl"
CACHE = Path(os.environ.get("MLTRAINER_ENV_CACHE", ROOT / ".benchmarks" / "environments"))
Prompt = Mapping[str, Any]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", help="data sets; all when none is named")
    parser.add_argument("--second", action="store_true", help="the made-up set")
    parser.add_argument("--verbose", action="store_true", help="show every prompt")
    parser.add_argument("--quiet", action="store_true", help="show the counts alone")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data, prompts = DEV, DEV / "PROMPTS.jsonl"
        if told.second:
            data, prompts = Path(scratch, "data"), SECOND
            made_up.write(data)
        if not prompts.is_file():
            sys.exit(f"no prompts in {prompts}: set DEV_DATA")
        lines = [json.loads(line) for line in prompts.read_text("utf-8").splitlines()]
        chosen = [line for line in lines if not told.sets or line["dataset"] in told.sets]
        asyncio.run(Bench(Path(scratch), data).run(chosen, verbose=told.verbose, quiet=told.quiet))


class _Free:
    account = None


class Bench:
    """Runs prompts; the files of a data set are taken in once."""

    def __init__(self, scratch: Path, data: Path) -> None:
        self._home = scratch / "home"
        self._data = data
        self._taken: dict[str, Understood | JobContext] = {}

    async def run(self, prompts: Iterable[Prompt], *, verbose: bool, quiet: bool) -> None:
        """Judge all prompts, and print what differs and the counts."""
        workbench = await make_workbench(env_cache=CACHE, sandbox=None)
        self._ports = Ports(
            clock=SystemClock(),
            emit=_unseen,
            workbench=workbench,
            sources={"file": file_source()},  # type: ignore[dict-item]  # frozen, its name too
            runtimes={"local": _Free()},  # type: ignore[dict-item]  # nothing is trained here
            hosts={"folder": _Free()},  # type: ignore[dict-item]  # nor published
            home=self._home,
            approval="never",
        )
        counts: Counter[str] = Counter()
        styles: dict[str, Counter[str]] = defaultdict(Counter)
        for prompt in prompts:
            verdict = judge(prompt["expected"], await self._understand(prompt))
            counts[verdict.ending] += 1
            styles[prompt["style"]][verdict.ending] += 1
            if verbose or (verdict.ending != "right" and not quiet):
                show(prompt, verdict)
        for style, told in styles.items():
            print(f"{style:<10}", "  ".join(f"{name} {n}" for name, n in told.most_common()))
        print(
            f"\n{counts.total()} prompts:", ", ".join(f"{n} {w}" for w, n in counts.most_common())
        )

    async def _understand(self, prompt: Prompt) -> Understood:
        """Run the agents over one prompt."""
        taken = await self._take_in(prompt)
        if isinstance(taken, Understood):
            return taken
        request = taken.request.model_copy(update={"words": prompt["prompt"]})
        context, found = taken.evolve(request=request), Understood()
        for stage in (Stage.INTENT_PARSER, Stage.DATASET, Stage.CONFIG):
            trained = context.intent is not None and context.intent.task_type in known_recipes()
            if stage is Stage.CONFIG and not trained:
                break
            outcome = await self._stage(stage, context)
            if isinstance(outcome, Understood):
                return outcome
            if isinstance(outcome, Ask):
                return replace(found, asked=outcome)
            assert isinstance(outcome, Done)
            context = context.with_artifact(outcome.artifact)
            found = _with(found, outcome)
        return found

    async def _take_in(self, prompt: Prompt) -> Understood | JobContext:
        name = prompt["dataset"]
        if name not in self._taken:
            folder = self._data / name
            tops = sorted({pattern.split("/")[0] for pattern in prompt["attach"]})
            files = [path for top in tops for path in sorted(folder.glob(top))]
            inputs = tuple(DataInput(location=str(path)) for path in files)
            context = _context(self._home, len(self._taken), inputs)
            outcome = await self._stage(Stage.INTAKE_MANAGER, context)
            self._taken[name] = outcome if isinstance(outcome, Understood) else context
            if isinstance(outcome, Done):
                self._taken[name] = context.with_artifact(outcome.artifact)
        return self._taken[name]

    async def _stage(self, stage: Stage, context: JobContext) -> Outcome | Understood:
        try:
            return await find_agents()[stage].run(context, self._ports)
        except PersonCanFix as problem:
            return Understood(stopped=f"{problem.message} {problem.hint}")


def _with(found: Understood, outcome: Done) -> Understood:
    match outcome.artifact:
        case ParsedIntent():
            return replace(found, intent=outcome.artifact)
        case DataReport():
            return replace(found, report=outcome.artifact)
        case TrainingConfig():
            return replace(found, positive=outcome.artifact.positive)
        case _:
            return found


def _context(home: Path, number: int, inputs: tuple[DataInput, ...]) -> JobContext:
    return JobContext(
        job_id=JobId(f"j-{number:08d}"),
        created_at=datetime.now(UTC),
        owner=Actor(platform="terminal", space="bench", id="bench"),
        thread=Place(platform="terminal", space="bench", channel="bench"),
        home=str(home),
        request=Request(words="take these files in", inputs=inputs),
    )


def show(prompt: Prompt, verdict: Verdict) -> None:
    """One prompt and what came of it."""
    print(f"{verdict.ending.upper():<8}{prompt['dataset']:<26}{prompt['prompt']}")
    for line in verdict.told:
        print(f"        {line}")


async def _unseen(event: Event) -> None:
    del event


if __name__ == "__main__":
    main()
