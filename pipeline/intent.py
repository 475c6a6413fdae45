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
    format: DataFormat | None = Field(default=None, description="how the data is written")
    text_column: str | None = Field(default=None, description="the text to read")
    label_column: str | None = Field(default=None, description="what is to be predicted")
    image_column: str | None = Field(default=None, description="the picture, or its file's name")
    time_column: str | None = Field(default=None, description="when a row was")
    series_column: str | None = Field(
        default=None, description="which of several series a row belongs to"
    )
    source_column: str | None = Field(
        default=None, description="the text to translate or to sum up"
    )
    prompt_column: str | None = Field(
        default=None, description="what was asked, for a language model to learn from"
    )
    response_column: str | None = Field(
        default=None, description="what was answered, for a language model to learn from"
    )
    group_column: str | None = Field(
        default=None,
        description="rows of one person, machine or place, never both learned from and tested on",
    )
    known_columns: tuple[str, ...] | None = Field(
        default=None, description="columns whose future values are known ahead, in a forecast"
    )
    ignored_columns: tuple[str, ...] | None = Field(
        default=None, description="columns not to learn from"
    )
    bad_rows: Literal["leave them out"] | None = Field(
        default=None, description="what to do with rows that cannot be read"
    )
    train_split: float | None = Field(
        default=None, gt=0, lt=1, description="share of the rows to learn from"
    )
    val_split: float | None = Field(
        default=None, gt=0, lt=1, description="share of the rows to choose by, such as 0.1"
    )
    test_split: float | None = Field(
        default=None, gt=0, lt=1, description="share of the rows to test on, such as 0.2"
    )
    extra_columns: tuple[str, ...] | None = Field(
        default=None, description="columns to learn from though they look like the answer"
    )


class HyperparameterIntent(Frozen):
    """Training settings the person asked for."""

    learning_rate: float | None = Field(default=None, gt=0, description="the step of learning")
    epochs: int | None = Field(
        default=None, ge=1, le=10_000, description="how often all rows are seen"
    )
    batch_size: int | None = Field(default=None, ge=1, description="rows in one step")
    optimizer: Literal["adamw", "adam", "sgd", "adafactor"] | None = Field(
        default=None, description="how weights are changed"
    )
    lr_scheduler: Literal["cosine", "linear", "constant", "reduce_on_plateau"] | None = Field(
        default=None, description="how the learning rate changes"
    )
    warmup_ratio: float | None = Field(
        default=None, ge=0, le=1, description="share of the steps in which it rises"
    )
    weight_decay: float | None = Field(
        default=None, ge=0, description="how strongly weights are kept small"
    )
    gradient_accumulation_steps: int | None = Field(
        default=None, ge=1, description="batches in one step"
    )
    max_grad_norm: float | None = Field(default=None, gt=0, description="where gradients are cut")
    early_stopping_patience: int | None = Field(
        default=None, ge=1, description="rounds without gain before it stops"
    )
    seed: int | None = Field(
        default=None, ge=0, lt=2**32, description="start of all random numbers"
    )
    horizon: int | None = Field(default=None, ge=1, description="how many steps ahead to forecast")
    clusters: int | None = Field(default=None, ge=2, description="how many groups to find")


class PeftIntent(Frozen):
    """Parameter-efficient fine-tuning."""

    use_lora: bool | None = Field(default=None, description="fine-tune with LoRA")
    use_qlora: bool | None = Field(default=None, description="fine-tune with QLoRA")
    lora_r: int | None = Field(default=None, ge=1, description="LoRA's rank")
    lora_alpha: int | None = Field(default=None, ge=1, description="LoRA's scale")
    lora_dropout: float | None = Field(default=None, ge=0, lt=1, description="LoRA's dropout")
    target_modules: tuple[str, ...] | None = Field(
        default=None, description="the layers that LoRA changes"
    )


class PrecisionIntent(Frozen):
    """Number formats and memory savings."""

    fp16: bool | None = Field(default=None, description="half precision")
    bf16: bool | None = Field(default=None, description="bfloat16 precision")
    use_gradient_checkpointing: bool | None = Field(
        default=None, description="save memory by counting twice"
    )


class ArchitectureIntent(Frozen):
    """The model the person asked for."""

    backbone: str | None = Field(default=None, description="the model that is wanted, by its name")
    pretrained: bool | None = Field(default=None, description="begin with trained weights")
    custom_components: tuple[str, ...] | None = Field(
        default=None, description="parts of the model that are asked for"
    )
    head_type: Literal["linear", "mlp", "custom"] | None = Field(
        default=None, description="the last layer"
    )
    freeze_backbone: bool | None = Field(default=None, description="train the last layer alone")
    num_classes: int | None = Field(default=None, ge=2, description="how many classes there are")


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
    user_expertise_level: Expertise | None = Field(
        default=None, description="how much the person knows of machine learning"
    )
    dataset: DatasetIntent = DatasetIntent()
    hyperparameters: HyperparameterIntent = HyperparameterIntent()
    peft: PeftIntent = PeftIntent()
    precision: PrecisionIntent = PrecisionIntent()
    architecture: ArchitectureIntent = ArchitectureIntent()
    deploy: DeployIntent = DeployIntent()
    runtime: str | None = None
    metric: str | None = Field(
        default=None,
        description="the number to be judged by, such as f1, recall, roc_auc, rmse or mae",
    )
    care: Literal["misses", "false_alarms"] | None = Field(
        default=None, description="the mistake that is worse"
    )
    budget_minutes: float | None = Field(default=None, gt=0)
    locked: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()
