"""What recipes with networks declare alike: the deep stack, settings, and what sees pictures."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.recipe import Backbone

# One set for all deep recipes, so that they share one environment. Its torch has no torchvision
# beside it: a build that does not match breaks the import of nearly everything else. Wheels only:
# rouge-score is none, so ROUGE is counted by our own code.
DEEP = (
    "accelerate==1.15.0",
    "datasets==5.2.0",
    "lightgbm==4.7.0",
    "numpy==2.4.6",
    "pandas==2.3.3",
    "peft==0.21.2",
    "pillow==13.0.0",
    "pycocotools==2.0.11",
    "sacrebleu==2.6.0",
    "safetensors==0.8.0",
    "scikit-learn==1.9.1",
    "scipy==1.17.1",
    "sentencepiece==0.2.3",
    "tokenizers==0.23.3",
    "torch==2.13.0",
    "transformers==5.23.0",
    "trl==1.16.0",
)

# What looks at whole pictures, to tell a class or a number.
EYES = (
    Backbone(
        name="dinov2_small",
        title="DINOv2 small, which has learned to see on 142 million pictures",
        why="the best eye for its size: a few dozen pictures a class are enough to tune it",
        hardware="gpu",
        requirements=DEEP,
        least_seconds=30,
        called=("dinov2", "dino", "vit", "vision transformer"),
        hub="facebook/dinov2-small",
        license="Apache-2.0",
    ),
    Backbone(
        name="convnextv2_tiny",
        title="ConvNeXtV2 tiny, a convolutional network trained on 14 million pictures",
        why="quick and strong on textures and small details",
        hardware="gpu",
        requirements=DEEP,
        least_seconds=30,
        called=("convnext", "convnextv2", "cnn", "resnet", "efficientnet"),
        hub="facebook/convnextv2-tiny-22k-224",
        license="Apache-2.0",
    ),
    Backbone(
        name="siglip2_base",
        title="SigLIP2 base, which has learned from pictures with captions",
        why="four times as large; strong on things that people name",
        hardware="gpu",
        requirements=DEEP,
        least_seconds=60,
        called=("siglip", "siglip2", "clip"),
        hub="google/siglip2-base-patch16-224",
        license="Apache-2.0",
    ),
    Backbone(
        name="plain_views",
        title="edges, colours, textures and little patches, read by kernels and boosted trees",
        why="needs no weights and no GPU, and learns in a minute or two from any pictures",
        hardware="cpu",
        called=("hog", "svm", "lightgbm", "kernel ridge", "no weights", "plain views"),
    ),
)


class DeepSettings(BaseModel):
    """How a network is trained; what is not given is chosen from the data and the hardware."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    epochs: int | None = Field(
        default=None, ge=1, le=10_000, description="how often all rows are seen, at most"
    )
    learning_rate: float | None = Field(default=None, gt=0, description="the step of learning")
    batch_size: int | None = Field(default=None, ge=1, description="rows in one step")
    optimizer: Literal["adamw", "adam", "sgd", "adafactor"] | None = Field(
        default=None, description="how weights are changed; None: AdamW"
    )
    lr_scheduler: Literal["cosine", "linear", "constant", "reduce_on_plateau"] | None = Field(
        default=None, description="how the learning rate changes; None: cosine"
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
        default=None, ge=1, description="looks at the validation rows without gain before it stops"
    )
    fp16: bool | None = Field(default=None, description="half precision, on a GPU")
    bf16: bool | None = Field(default=None, description="bfloat16 precision; None: where it is")
    use_gradient_checkpointing: bool | None = Field(
        default=None, description="save memory by counting twice"
    )
    freeze_backbone: bool | None = Field(default=None, description="train the last layer alone")


class LoraSettings(DeepSettings):
    """And with low-rank adapters beside the weights, which are merged into them at the end."""

    use_lora: bool | None = Field(default=None, description="fine-tune with LoRA; None: yes")
    use_qlora: bool | None = Field(default=None, description="in 4 bits, on a GPU")
    lora_r: int | None = Field(default=None, ge=1, le=1024, description="LoRA's rank; None: 16")
    lora_alpha: int | None = Field(default=None, ge=1, description="LoRA's scale; None: 2 ranks")
    lora_dropout: float | None = Field(default=None, ge=0, lt=1, description="LoRA's dropout")
    target_modules: tuple[str, ...] | None = Field(
        default=None, description="the layers that LoRA changes; None: all linear ones"
    )


class PairSettings(DeepSettings):
    """And of one that writes a text for a text; unused where it is not a network that writes."""

    max_input_tokens: int | None = Field(
        default=None, ge=16, le=16_384, description="pieces of words read of a text; None: 512"
    )
    max_output_tokens: int | None = Field(
        default=None, ge=4, le=1_024, description="of what is written; None: what nearly all have"
    )
    beams: int | None = Field(
        default=None, ge=1, le=16, description="outputs followed at once while one is written"
    )
