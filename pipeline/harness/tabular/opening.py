"""Opens trained models of every kind from their files; see `fitted.py` and `turned.py`."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from fitted import Arrays, Boosted, CatBoosted, Fitted, Forest, Kernel, Linear, Network
from turned import open_turned


def load_fitted(path: Path) -> Fitted:
    """Open one model file by the kind in its name: `3.forest.npz`."""
    kind = path.name.split(".")[1]
    if kind.startswith("lightgbm"):
        import lightgbm  # noqa: PLC0415 - only where the model has one

        return Boosted(lightgbm.Booster(model_file=path), int(kind.removeprefix("lightgbm")))
    if kind.startswith("catboost"):
        return _load_catboost(path, int(kind.removeprefix("catboost")))
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    return _OPEN[kind](arrays)


def _load_catboost(path: Path, classes: int) -> CatBoosted:
    import catboost  # noqa: PLC0415 - only where the model has one

    model = (catboost.CatBoostClassifier if classes else catboost.CatBoostRegressor)()
    model.load_model(str(path))
    return CatBoosted(model, tuple(model.get_cat_feature_indices()), classes)


def _open_linear(arrays: Arrays) -> Linear:
    return Linear(arrays["weights"], arrays["bias"], int(arrays["classes"]))


def _open_kernel(arrays: Arrays) -> Kernel:
    gamma, classes = float(arrays["gamma"]), int(arrays["classes"])
    return Kernel(arrays["landmarks"], gamma, arrays["weights"], arrays["bias"], classes)


def _open_network(arrays: Arrays) -> Network:
    depth = sum(name.startswith("w") for name in arrays)
    layers = tuple((arrays[f"w{index}"], arrays[f"b{index}"]) for index in range(depth))
    return Network(layers, int(arrays["classes"]))


def _open_forest(arrays: Arrays) -> Forest:
    from sklearn.tree._tree import Tree  # noqa: PLC0415 - the class its nodes belong to

    inputs, outputs = (int(size) for size in arrays["shape"])
    ends = np.cumsum(arrays["sizes"])[:-1]
    width = np.array([arrays["values"].shape[2]], dtype=np.intp)
    nodes, values = np.split(arrays["nodes"], ends), np.split(arrays["values"], ends)
    trees = []
    for part, value, depth in zip(nodes, values, arrays["depths"], strict=True):
        tree = Tree(inputs, width, 1)
        state = {"nodes": part, "values": value, "node_count": len(part), "max_depth": int(depth)}
        tree.__setstate__(state)
        trees.append(tree)
    return Forest(tuple(trees), arrays["places"], outputs)


_OPEN: dict[str, Callable[[Arrays], Fitted]] = {
    "linear": _open_linear,
    "kernel": _open_kernel,
    "network": _open_network,
    "forest": _open_forest,
    "turned": open_turned,
}
