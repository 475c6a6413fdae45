"""How much of the craft a person knows, told from what they say: it sets how much is explained."""

from collections.abc import Mapping

from pydantic import JsonValue, TypeAdapter

from pipeline.hearing.phrases import says
from pipeline.intent import Expertise

_EXPERT_LEAVES = ("peft.", "precision.", "architecture.freeze", "architecture.head")
_TERMS_OF_EXPERTS = (
    *("backbone", "logits", "weight decay", "warmup", "cosine schedule", "lr schedule", "ablation"),
    *("stratified", "k fold", "cross validation", "calibration", "embeddings", "tokenizer"),
)
_TERMS_OF_THE_FIELD = (
    *("auc", "f1", "rmse", "mae", "epochs", "learning rate", "classifier", "regression", "overfit"),
    *(
        "hyperparameters",
        "fine tune",
        "baseline",
        "validation",
        "features",
        "dataset",
        "ner",
        "bleu",
    ),
)
_SETTINGS = ("hyperparameters.", "architecture.", "peft.", "precision.", "metric")


def expertise(words: str, wishes: Mapping[str, JsonValue]) -> Expertise:
    """Novice: task and data alone. Intermediate: a setting or a model. Expert: how it is built."""
    told = wishes.get("user_expertise_level")
    if told is not None:
        return TypeAdapter[Expertise](Expertise).validate_python(told)
    settings = [leaf for leaf in wishes if leaf.startswith(_SETTINGS)]
    if any(leaf.startswith(_EXPERT_LEAVES) for leaf in wishes) or len(settings) > 2:  # noqa: PLR2004
        return "expert"
    if says(words, _TERMS_OF_EXPERTS):
        return "expert"
    return "intermediate" if settings or says(words, _TERMS_OF_THE_FIELD) else "novice"
