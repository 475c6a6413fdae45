"""What the person wants, as a structure; an empty leaf means "downstream decides"."""

from typing import Literal

from pydantic import Field

from pipeline.jobs import Frozen, TaskType

SourceType = Literal["huggingface", "kaggle", "gdrive", "url", "upload"]
DataFormat = Literal["csv", "json", "jsonl", "image_folder", "parquet", "text"]
Expertise = Literal["novice", "intermediate", "expert"]


class DatasetIntent(Frozen):
    """Where the data is and which columns play which part."""

    url: str | None = None
    source_type: SourceType | None = None
    format: DataFormat | None = None
    text_column: str | None = None
    label_column: str | None = None
    image_column: str | None = None
    time_column: str | None = None
    series_column: str | None = None
    source_column: str | None = None
    prompt_column: str | None = None
    response_column: str | None = None
    group_column: str | None = None
    known_columns: tuple[str, ...] | None = None
    ignored_columns: tuple[str, ...] | None = None
    bad_rows: Literal["leave them out"] | None = None
    train_split: float | None = Field(default=None, gt=0, lt=1)
    val_split: float | None = Field(default=None, gt=0, lt=1)
    test_split: float | None = Field(default=None, gt=0, lt=1)
    extra_columns: tuple[str, ...] | None = None


class HyperparameterIntent(Frozen):
    """Training settings the person asked for."""

    learning_rate: float | None = Field(default=None, gt=0)
    epochs: int | None = Field(default=None, ge=1, le=10_000)
    batch_size: int | None = Field(default=None, ge=1)
    optimizer: Literal["adamw", "adam", "sgd", "adafactor"] | None = None
    lr_scheduler: Literal["cosine", "linear", "constant", "reduce_on_plateau"] | None = None
    warmup_ratio: float | None = Field(default=None, ge=0, le=1)
    weight_decay: float | None = Field(default=None, ge=0)
    gradient_accumulation_steps: int | None = Field(default=None, ge=1)
    max_grad_norm: float | None = Field(default=None, gt=0)
    early_stopping_patience: int | None = Field(default=None, ge=1)
    seed: int | None = Field(default=None, ge=0, lt=2**32)
    horizon: int | None = Field(default=None, ge=1)
    clusters: int | None = Field(default=None, ge=2)


class PeftIntent(Frozen):
    """Parameter-efficient fine-tuning."""

    use_lora: bool | None = None
    use_qlora: bool | None = None
    lora_r: int | None = Field(default=None, ge=1)
    lora_alpha: int | None = Field(default=None, ge=1)
    lora_dropout: float | None = Field(default=None, ge=0, lt=1)
    target_modules: tuple[str, ...] | None = None


class PrecisionIntent(Frozen):
    """Number formats and memory savings."""

    fp16: bool | None = None
    bf16: bool | None = None
    use_gradient_checkpointing: bool | None = None


class ArchitectureIntent(Frozen):
    """The model the person asked for."""

    backbone: str | None = None
    pretrained: bool | None = None
    custom_components: tuple[str, ...] | None = None
    head_type: Literal["linear", "mlp", "custom"] | None = None
    freeze_backbone: bool | None = None
    num_classes: int | None = Field(default=None, ge=2)


class DeployIntent(Frozen):
    """Where the model goes and who may see it. Tokens are references kept elsewhere."""

    hf_username: str | None = None
    hf_org: str | None = None
    hf_repo_name: str | None = None
    publish: bool | None = None
    private_repo: bool | None = None
    create_space: bool | None = None
    model_card_description: str | None = None


class ParsedIntent(Frozen):
    """The whole wish. `locked` names the leaves the person gave, which nothing may change.

    `proposed` are leaves that a language model filled; the person may change them.
    """

    task_type: TaskType | None = None
    task_description: str = ""
    user_expertise_level: Expertise | None = None
    dataset: DatasetIntent = DatasetIntent()
    hyperparameters: HyperparameterIntent = HyperparameterIntent()
    peft: PeftIntent = PeftIntent()
    precision: PrecisionIntent = PrecisionIntent()
    architecture: ArchitectureIntent = ArchitectureIntent()
    deploy: DeployIntent = DeployIntent()
    runtime: str | None = None
    metric: str | None = None
    care: Literal["misses", "false_alarms"] | None = None
    budget_minutes: float | None = Field(default=None, gt=0)
    locked: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()
