"""What the recipes of tables declare alike: the roles of their columns and their backbones."""

from pipeline.recipe import Backbone, Role

FEATURES = Role(
    name="features",
    title="the columns to learn from",
    kinds=("number", "integer", "boolean", "category", "date", "text"),
    required=False,
)
# Of tables: which rows a split has to keep together, or must not learn from.
SPLIT_ROLES = (
    Role(
        name="group",
        title="what several rows belong to, as a patient",
        kinds=("category", "id", "integer", "number", "text", "boolean"),
        required=False,
    ),
    Role(
        name="time",
        title="what orders the rows in time",
        kinds=("date", "integer", "number", "id"),
        required=False,
    ),
)
ENSEMBLES = (
    Backbone(
        name="light_ensemble",
        title="linear models, boosted trees, forests, kernels and small networks, blended",
        why="what one model gets wrong another gets right; strong from 100 rows on, on a CPU",
        hardware="cpu",
        called=("ensemble",),
    ),
    Backbone(
        name="light_ensemble_catboost",
        title="the same ensemble with CatBoost",
        why="CatBoost reads categories best, but is slow: worth it from five minutes on",
        hardware="cpu",
        requirements=("catboost==1.2.10",),
        least_seconds=300,
        called=("catboost",),
    ),
    Backbone(
        name="lightgbm",
        title="boosted trees (LightGBM) alone",
        why="one kind of model, quick on many rows",
        hardware="cpu",
        called=("light gbm", "lgbm", "gradient boosting", "boosted trees", "boosting"),
    ),
)
