"""A job that learns in a moment: its scripts need nothing but Python."""

import json
from pathlib import Path

from pipeline import bundle
from pipeline.artifacts import Bundle, Collected, Metrics, Preprocessing, Run
from pipeline.bundle import BundleConfig
from pipeline.context import JobContext, StageResult
from pipeline.folders import JobFolder, fresh
from pipeline.jobs import Stage, TaskType
from tests.unit.orchestrator.scripted import ARTIFACTS

TASK = TaskType("text_classification")
ROWS = "message,kind\nyou won a prize,spam\nsee you at nine,ham\nclaim your prize,spam\n"
_HELD = "message,kind\nthe prize is yours,spam\nsee you,ham\n"
_PREDICT = '''"""Answers by one word."""
import csv
import json
import sys
from pathlib import Path


def answers(model, rows, out):
    word = json.loads((model / "model.json").read_text())["word"]
    with open(rows, newline="") as file, open(out, "w", newline="") as told:
        writer = csv.writer(told)
        writer.writerow(["prediction"])
        for row in csv.DictReader(file):
            writer.writerow(["spam" if word in row["message"] else "ham"])


if __name__ == "__main__":
    given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    answers(Path(__file__).parent / "model", given["--input"], given["--output"])
'''
_METRICS = {
    "metric": {
        "name": "accuracy",
        "value": 1.0,
        "better": "higher",
        "split": "test",
        "n": 2,
        "ci95": [0.5, 1.0],
    },
    "metrics": {"accuracy": 1.0},
    "baselines": [],
    "verdict": "Good: all are right.",
    "verdict_level": "good",
}
_SCRIPTS = {
    "baseline.py": "open('mean.txt', 'w').write('0.5')\n",
    "train.py": """import json, sys
from pathlib import Path

rows = (Path(sys.argv[sys.argv.index("--fit") + 1]) / "rows.csv").read_text()
print(json.dumps({"step": "train", "message": "all rows seen", "done": 1}), flush=True)
Path("model.json").write_text(json.dumps({"word": "prize" if "prize" in rows else "?"}))
""",
    "score.py": f"""import json, shutil, sys
from pathlib import Path

from predict import answers

given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
shutil.copyfile(Path(given["--heldout"]) / "rows.csv", "heldout.csv")
answers(Path(given["--model"]), "heldout.csv", "predictions.csv")
Path("metrics.json").write_text({json.dumps(_METRICS)!r})
""",
    "predict.py": _PREDICT,
    "app.py": "def main(): ...\n",
    "requirements.txt": "",
}


def before(context: JobContext, stage: Stage, **collected: str) -> JobContext:
    """The context with a result of every stage before this one. `collected` are its places."""
    places = {"runtime": "local", "host": "folder", **collected}
    done = StageResult(status="done", attempts=1, seconds=1, at=context.created_at)
    earlier = list(Stage)[: list(Stage).index(stage)]
    for one in earlier:
        context = context.with_artifact(ARTIFACTS[one])
    split = Preprocessing(
        folder="",
        rows={"train": 3, "validation": 1, "test": 2},
        duplicates_removed=0,
        strategy="at random",
        steps=(),
        seed=1,
    )
    return context.evolve(
        collected=Collected(files=(), summary=(), **places),
        preprocessing=split,
        stage_results=dict.fromkeys(earlier, done),
        request=context.request.model_copy(update={"approved": True}),
    )


def training_next(context: JobContext, home: Path, runtime: str) -> JobContext:
    """The job before its training, with scripts and rows in its folder."""
    context = before(context, Stage.MONITOR, runtime=runtime)
    folder = JobFolder.of(home, context.job_id)
    for part, rows in (("fit", ROWS), ("heldout", _HELD)):
        (fresh(folder.prepared / part) / "rows.csv").write_text(rows, "utf-8")
    _write_scripts(fresh(folder.bundle))
    written = Bundle(
        folder=str(folder.bundle),
        files=bundle.digests(folder.bundle),
        requirements=(),
        rehearsal_seconds=0,
    )
    return context.evolve(bundle=written, run=None)


def publishing_next(context: JobContext, home: Path, host: str) -> JobContext:
    """The job before its publishing, with a proven model in its folder."""
    context = before(context, Stage.DEPLOY, host=host)
    model = fresh(JobFolder.of(home, context.job_id).model)
    _write_scripts(model)
    passport = {"job": context.job_id, "task_type": TASK}
    texts = {
        "README.md": "---\ntags: [mltrainer]\n---\n# Sorting mails\n",
        "metrics.json": json.dumps(_METRICS),
        "passport.json": json.dumps(passport),
        "heldout.csv": _HELD,
        "predictions.csv": "prediction\r\nspam\r\nham\r\n",
    }
    for name, text in texts.items():
        (model / name).write_text(text, "utf-8", newline="")
    (fresh(model / "model") / "model.json").write_text('{"word": "prize"}', "utf-8")
    (model / "model" / "weights.safetensors").write_bytes(bytes(200_000))
    proven = Run(
        runtime="local",
        name="run",
        status="proven",
        metrics=Metrics.model_validate(_METRICS),
        folder=str(model),
    )
    return context.evolve(run=proven)


def _write_scripts(folder: Path) -> None:
    for name, text in _SCRIPTS.items():
        (folder / name).write_text(text, "utf-8")
    config = BundleConfig(
        task_type=TASK,
        backbone="one_word",
        columns={"text": "message", "target": "kind"},
        ignored={},
        kinds={"message": "text", "kind": "category"},
        metric="accuracy",
        better="higher",
        positive="spam",
        seed=1,
        budget_seconds=1,
        threads=1,
        split={"train": 0.6, "validation": 0.2, "test": 0.2},
        files=(),
        hyperparameters={},
    )
    (folder / "config.json").write_text(config.model_dump_json(), "utf-8")
