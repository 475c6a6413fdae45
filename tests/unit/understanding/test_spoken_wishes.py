"""Wishes said in passing are heard, and words that only look like wishes are not."""

import pytest

from pipeline.hearing.expertise import expertise
from pipeline.hearing.horizon import spoken_horizon
from pipeline.hearing.wishes import spoken_wishes
from pipeline.wishes import parse_all


@pytest.mark.parametrize(
    ("words", "wishes"),
    [
        ("train it for 20 epochs", {"hyperparameters.epochs": 20}),
        ("five epochs please", {"hyperparameters.epochs": 5}),
        ("epochs=3, lr 1e-3", {"hyperparameters.epochs": 3, "hyperparameters.learning_rate": 1e-3}),
        ("with a learning rate of 0.0005", {"hyperparameters.learning_rate": 0.0005}),
        (
            "batch size 64 and AdamW",
            {"hyperparameters.batch_size": 64, "hyperparameters.optimizer": "adamw"},
        ),
        ("optimise F1", {"metric": "f1"}),
        ("AUC matters most", {"metric": "roc_auc"}),
        ("report RMSE", {"metric": "rmse"}),
        ("recall is what matters", {"metric": "recall"}),
        ("don't deploy it", {"deploy.publish": False}),
        ("no need to publish, keep it on this machine", {"deploy.publish": False}),
        ("dont publish", {"deploy.publish": False}),
        ("keep it private", {"deploy.private_repo": True}),
        ("a spam filter, private", {"deploy.private_repo": True}),
        ("in a private repo", {"deploy.private_repo": True}),
        ("call it spam-filter", {"deploy.hf_repo_name": "spam-filter"}),
        ("name the model 'churn 2026'", {"deploy.hf_repo_name": "churn-2026"}),
        (
            "call it churnbot and keep it private",
            {"deploy.hf_repo_name": "churnbot", "deploy.private_repo": True},
        ),
        ("use LightGBM", {"architecture.backbone": "lightgbm"}),
        ("with a linear model", {"architecture.backbone": "linear model"}),
        ("fine-tune Qwen/Qwen3-0.6B on it", {"architecture.backbone": "Qwen/Qwen3-0.6B"}),
        ("use Qwen/Qwen3-0.6B", {"architecture.backbone": "Qwen/Qwen3-0.6B"}),
        ("not xgboost please", {}),
        ("train a churn model in 10 minutes", {"budget_minutes": 10.0}),
        ("spend at most half an hour on it", {"budget_minutes": 30.0}),
        ("be quick, 90 seconds max", {"budget_minutes": 1.5}),
        ("into 5 clusters", {"hyperparameters.clusters": 5}),
        ("three segments", {"hyperparameters.clusters": 3}),
        ("LoRA r=16, alpha 32", {"peft.use_lora": True, "peft.lora_r": 16, "peft.lora_alpha": 32}),
        ("QLoRA in bf16", {"peft.use_qlora": True, "precision.bf16": True}),
        ("seed 7", {"hyperparameters.seed": 7}),
        ("an 80/20 split", {"dataset.train_split": 0.8, "dataset.test_split": 0.2}),
        ("hold out 20%", {"dataset.test_split": 0.2}),
        ("a 30 % test split please", {"dataset.test_split": 0.3}),
        ("hold out a fifth", {"dataset.test_split": 0.2}),
        ("keep a quarter of the rows for testing", {"dataset.test_split": 0.25}),
        (
            "10 percent validation, test size 0.2",
            {"dataset.val_split": 0.1, "dataset.test_split": 0.2},
        ),
        ("train it on kaggle", {"runtime": "kaggle"}),
        ("I'm new to this", {"user_expertise_level": "novice"}),
    ],
)
def test_a_wish_said_in_passing_is_heard(words: str, wishes: dict[str, object]) -> None:
    heard = spoken_wishes(words)
    assert heard == wishes
    parse_all(heard)  # every one of them fits its leaf


@pytest.mark.parametrize(
    "words",
    [
        "who earns over 50k?",
        "which orders arrive within 30 minutes?",
        "private or public school, which one is it?",
        "how accurate will it be?",
        "predict the deploy time of each service",
        "tell private hospitals from public ones",
        "the call duration in minutes",
        "what will they call about?",
        "sales for the last 10 days are in the file",
        "is the patient at risk",
        "group them",
        "rank the pages",
        "half of the houses are sold",
        "a quarter of customers churn",
        "predict next quarter as a test",
    ],
)
def test_words_about_the_data_are_no_wish(words: str) -> None:
    assert spoken_wishes(words) == {}


@pytest.mark.parametrize(
    ("words", "frequency", "steps"),
    [
        ("forecast the next 12 months", "M", 12),
        ("next 2 weeks", "D", 14),
        ("next day", "h", 24),
        ("what happens next year?", "M", 12),
        ("sales tomorrow", "h", 24),
        ("power tomorrow", "15min", 96),
        ("the coming 96 readings", "15min", 96),
        ("forecast 30 days ahead", "D", 30),
        ("forecast the next twelve months", "M", 12),
        ("forecast 8 quarters", "Q", 8),
        ("next year", None, None),
        ("the last 3 months were odd", "D", None),
    ],
)
def test_the_horizon_counts_in_steps_of_the_series(
    words: str, frequency: str | None, steps: int | None
) -> None:
    assert spoken_horizon(words, frequency) == steps


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("who will leave us?", "novice"),
        ("train a classifier and report F1", "intermediate"),
        ("20 epochs, please", "intermediate"),
        ("LoRA r=16 with a cosine schedule", "expert"),
        ("20 epochs of LoRA, but I am new to this", "novice"),
    ],
)
def test_how_much_a_person_knows_is_told_from_what_they_say(words: str, level: str) -> None:
    assert expertise(words, spoken_wishes(words)) == level
