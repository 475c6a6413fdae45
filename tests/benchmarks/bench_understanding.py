"""How well requests are understood: by rules alone, and with each language model that is set up.

    make bench-understanding
    make bench-understanding ARGS="--provider groq --limit 20 --usd 0.10"
    python tests/benchmarks/bench_understanding.py titanic --only dev --verbose

Every prompt goes through the real intake, intent, dataset and config agents with its files beside
it, and what came of it is held against what its author expected. Two sets: `dev`, the prompts
below DEV_DATA, and `second`, those of second_set/, whose data is made up on the spot. A provider
is set up by its variables, as for the bot (OPENAI_API_KEY, GROQ_API_BASE, …), or is an Ollama that
answers. All of them together spend no more than --usd, each the same share of it.

--extremes adds two models that cost nothing: one always answers what the author expects, one never
does. Between them lies all that a model can do here, for better or worse.

In the table, `task` and `columns` count lines whose task, and whose columns too, were understood;
`no answer` those in which a model was asked in vain, so that rules went on.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Not this folder: what stands in it hides modules of the standard library from others.
sys.path[:] = [str(ROOT), *(one for one in sys.path if Path(one).resolve() != HERE)]

from adapters.workbench import adapter as make_workbench  # noqa: E402
from bot.settings import Settings  # noqa: E402
from pipeline.errors import PersonCanFix  # noqa: E402
from tests.benchmarks.second_set import made_up  # noqa: E402
from tests.benchmarks.understanding.extremes import EXTREMES, Extreme  # noqa: E402
from tests.benchmarks.understanding.providers import Candidate, candidates  # noqa: E402
from tests.benchmarks.understanding.reader import Prompt, Reader  # noqa: E402
from tests.benchmarks.understanding.tally import Tally, table  # noqa: E402
from tests.benchmarks.understood import Verdict, judge  # noqa: E402

DEV = Path(os.environ.get("DEV_DATA", ROOT.parent / "shared" / "data")) / "dev"
SECOND = HERE / "second_set" / "PROMPTS.jsonl"
CACHE = Path(os.environ.get("MLTRAINER_ENV_CACHE", ROOT / ".benchmarks" / "environments"))
_MOST_SILENT = 3  # lines one after another; whoever does not answer then is away


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", help="data sets; all when none is named")
    parser.add_argument("--only", choices=("dev", "second"), help="one of the two sets of prompts")
    parser.add_argument("--limit", type=int, help="so many prompts of each set")
    parser.add_argument("--provider", default="", help="one provider; all that are set up else")
    parser.add_argument("--usd", type=Decimal, default=Decimal("1.00"), help="most to spend")
    parser.add_argument("--rules", action="store_true", help="ask no language model")
    parser.add_argument("--extremes", action="store_true", help="two models that are made up")
    parser.add_argument("--verbose", action="store_true", help="show every prompt")
    parser.add_argument("--quiet", action="store_true", help="show the table alone")
    try:
        asyncio.run(_run(parser.parse_args()))
    except PersonCanFix as problem:
        sys.exit(f"{problem.message} {problem.hint}")


@dataclass
class Bench:
    """Reads sets of prompts in every way there is, within what may be spent."""

    usd: Decimal
    verbose: bool = False
    quiet: bool = False
    tallies: list[Tally] = field(default_factory=list)

    async def read(
        self,
        name: str,
        prompts: Sequence[Prompt],
        reader: Reader,
        who: Candidate | None = None,
        share: int = 1,
    ) -> Tally:
        """One set, by rules alone or with a candidate's model, for a `share`-th of what is left."""
        left = self.usd / share
        tally = Tally(name, who.name if who else "rules")
        self.tallies.append(tally)
        silent = 0
        for prompt in prompts:
            if who is not None and isinstance(who.models, Extreme):
                who.models.reads(prompt)
            found, watch = await reader.read(prompt, who.models if who else None, left)
            self.usd -= watch.ledger.usd
            left -= watch.ledger.usd
            if watch.is_over:
                self._say(f"{tally.reader}: what may be spent is spent; the rest was left out.")
                break
            verdict = judge(prompt["expected"], found)
            tally.add(verdict, watch)
            self._show(tally, prompt, verdict)
            silent = silent + 1 if watch.is_silent else 0
            if silent == _MOST_SILENT:
                self._say(f"{tally.reader}: {watch.said} The rest was left out.")
                break
        return tally

    def _show(self, tally: Tally, prompt: Prompt, verdict: Verdict) -> None:
        """One prompt and what came of it."""
        if self.quiet or (verdict.ending == "right" and not self.verbose):
            return
        head = f"{verdict.ending.upper():<8}{tally.reader:<12}{prompt['dataset']:<26}"
        self._say("\n".join([head + prompt["prompt"], *(f"        {x}" for x in verdict.told)]))

    def _say(self, text: str) -> None:
        print(text, flush=True)


async def _run(told: argparse.Namespace) -> None:
    workbench = await make_workbench(env_cache=CACHE, sandbox=None)
    bench = Bench(told.usd, told.verbose, told.quiet)
    with tempfile.TemporaryDirectory() as scratch:
        async with candidates(Settings.load(), told.provider) as found:
            sets = list(_sets(told, Path(scratch)))
            readings = len(sets) * len(found)
            for name, data, prompts in sets:
                reader = Reader(Path(scratch, f"{name}-home"), data, workbench)
                await bench.read(name, prompts, reader)
                extremes = [Candidate(one, Extreme(one)) for one in EXTREMES if told.extremes]
                for who in extremes:
                    await bench.read(name, prompts, reader, who)
                for who in () if told.rules else found:
                    await bench.read(name, prompts, reader, who, share=readings)
                    readings -= 1
    print(f"\n{table(bench.tallies)}")


def _sets(told: argparse.Namespace, scratch: Path) -> Iterator[tuple[str, Path, Sequence[Prompt]]]:
    """Name, data and prompts of each set; one whose prompts are not on this machine is left out."""
    if told.only != "second":
        if (file := DEV / "PROMPTS.jsonl").is_file():
            yield "dev", DEV, _prompts(file, told)
        else:
            print(f"no prompts in {file}: set DEV_DATA for the set `dev`")
    if told.only != "dev":
        made_up.write(scratch / "data")
        yield "second", scratch / "data", _prompts(SECOND, told)


def _prompts(file: Path, told: argparse.Namespace) -> Sequence[Prompt]:
    lines: list[Prompt] = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [one for one in lines if not told.sets or one["dataset"] in told.sets][: told.limit]


if __name__ == "__main__":
    main()
