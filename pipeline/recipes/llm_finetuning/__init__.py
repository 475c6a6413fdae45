"""LLM fine-tuning: a language model learns to answer as the examples do."""

from pydantic import Field

from pipeline.artifacts import ColumnReport, DataReport
from pipeline.deep import DEEP, LoraSettings
from pipeline.hearing.likeness import likeness, name_words
from pipeline.hearing.phrases import hear
from pipeline.recipe import Backbone, Evidence, Metric, Recipe, Role, no_evidence

WORDS = (
    *("llm finetuning", "fine tune", "fine tuning", "fine tuned", "finetune", "finetuning"),
    *("finetuned", "lora", "qlora", "chatbot", "chat model", "chat bot", "chatgpt", "llm", "sft"),
    *("assistant", "instruction tuning", "instruct", "gpt", "llama", "qwen", "mistral", "gemma"),
    *(
        "answer like",
        "answers like",
        "reply like",
        "replies like",
        "respond like",
        "answer the way",
    ),
    *("own model", "copilot", "answer questions", "talk to customers", "answer customers"),
    *("robot that talks", "talks to people", "give advice", "gives advice", "reply in the style"),
    *("language model", "conversational", "conversations", "talks like", "answer in the style"),
)
_ASKING = (
    *("instruction", "prompt", "question", "query", "asked", "user", "human", "input", "request"),
    *("customer", "client", "message"),
)
_PLAINLY = 2  # the first two are said of nothing else
_ANSWERING = (
    *("response", "output", "completion", "answer", "assistant", "reply", "chosen", "agent", "bot"),
)
_GIVEN_TOO = ("input", "context", "system", "background")
_TALKS = frozenset(
    ("messages", "conversations", "conversation", "dialog", "dialogue", "chat", "turns")
)
_WORDY = frozenset(("text", "category", "id", "constant", "empty", "nested", "integer", "number"))


class Settings(LoraSettings):
    """Hyperparameters; what is not given is chosen from the data, the model and the machine."""

    use_lora: bool | None = Field(
        default=None,
        description="fine-tune with LoRA; None: where the model has over 50 million weights",
    )
    max_length: int | None = Field(
        default=None, ge=32, le=32_768, description="pieces of a conversation that are read"
    )
    max_new_tokens: int | None = Field(
        default=None, ge=1, le=4_096, description="pieces of an answer, at most"
    )


def headline(classes: int) -> Metric:
    """How surely the held-out answers are expected."""
    del classes
    return Metric(name="eval_loss", better="lower")


def evidence(report: DataReport, words: str) -> Evidence:
    """Columns of questions and answers, or of whole conversations."""
    if report.layout != "table":
        return no_evidence("There are no examples of questions and answers.")
    asked = hear(words, WORDS).clearness > 0
    talk = next((one for one in report.columns if _is_talk(one)), None)
    if talk is not None:
        return _found({"messages": talk.name}, "conversations", 0.95)
    response = _called(report, _ANSWERING)
    prompt = _called(report, _ASKING)
    if response is None or prompt is None or prompt is response:
        return no_evidence("There are no questions with an answer each.")
    prompts = tuple(one.name for one in report.columns if one is prompt or _is_given(one, response))
    typical = _rank(prompt, _ASKING) < _PLAINLY or asked
    score = 0.95 if typical and _is_text(response) else 0.7 if _is_text(response) else 0.05
    roles = {"prompt": prompts if len(prompts) > 1 else prompts[0], "response": response.name}
    return _found(roles, "questions with an answer each", score)


def _found(roles: dict[str, str | tuple[str, ...]], what: str, score: float) -> Evidence:
    return Evidence(score=score, reason=f"{what} to learn to answer from", roles=roles, doubts={})


def _is_talk(column: ColumnReport) -> bool:
    return column.kind == "nested" and bool(_TALKS & set(name_words(column.name)))


def _called(report: DataReport, names: tuple[str, ...]) -> ColumnReport | None:
    """The column of texts with the earliest of these names among its words."""
    fitting = [one for one in report.columns if _rank(one, names) < len(names)]
    return min(fitting, key=lambda one: _rank(one, names), default=None)


def _rank(column: ColumnReport, names: tuple[str, ...]) -> int:
    """The place of the first name that the column is called by; their number for none."""
    if column.kind not in _WORDY:
        return len(names)
    own = name_words(column.name)
    same = (at for at, name in enumerate(names) if any(likeness(name, word) for word in own))
    return next(same, len(names))


def _is_given(column: ColumnReport, response: ColumnReport) -> bool:
    return column is not response and _rank(column, _GIVEN_TOO) < len(_GIVEN_TOO)


def _is_text(column: ColumnReport) -> bool:
    wordy = (column.mean_words or 0) >= 4 or column.unique > 20  # noqa: PLR2004 - more than a label
    return column.kind == "text" or (column.kind in {"category", "id"} and wordy)


RECIPE = Recipe(
    title="LLM fine-tuning",
    asks="Give the same columns as in training, or a question with --text.",
    answers="For each row a JSON line with input and output.",
    formats=(
        "instruction, input and output",
        "prompt and completion, question and answer",
        "conversations (messages, ShareGPT)",
    ),
    baselines=("the base model, untouched",),
    words=WORDS,
    hints=(
        "teach",
        "answer",
        "answers",
        "chat",
        "talk",
        "reply",
        "bot",
        "model",
        "respond",
        "like",
    ),
    roles=(
        Role(name="messages", title="the conversation", kinds=("nested",), required=False),
        Role(
            name="prompt",
            title="what is asked",
            kinds=("text", "category", "id", "constant", "empty", "nested"),
            required=False,
        ),
        Role(
            name="response",
            title="what is answered",
            kinds=("text", "category", "id", "nested"),
            required=False,
        ),
    ),
    headline=headline,
    metrics=(
        Metric(name="eval_loss", better="lower"),
        Metric(name="perplexity", better="lower"),
    ),
    backbones=(
        Backbone(
            name="qwen3",
            title="Qwen3 of 0.6 billion weights, fine-tuned with LoRA",
            why="small, speaks a hundred languages, and answers well for its size",
            hardware="gpu",
            requirements=DEEP,
            called=("qwen3-0.6b", "qwen"),
            hub="Qwen/Qwen3-0.6B",
            license="apache-2.0",
        ),
        Backbone(
            name="smollm2",
            title="SmolLM2 of 135 million weights, fine-tuned with LoRA",
            why="small enough to learn something within minutes without a GPU; English",
            hardware="cpu",
            requirements=DEEP,
            called=("smollm2-135m", "smollm2-135m-instruct", "smollm", "smol"),
            hub="HuggingFaceTB/SmolLM2-135M-Instruct",
            license="apache-2.0",
        ),
        Backbone(
            name="scratch",
            title="a tiny model made from nothing",
            why="needs no weights; it picks up the style of the answers and cannot answer usefully",
            hardware="cpu",
            requirements=DEEP,
            called=("from scratch", "from nothing"),
            asked_only=True,
        ),
    ),
    minimum_rows=10,
    budget_seconds=240,
    settings=Settings,
    evidence=evidence,
)
