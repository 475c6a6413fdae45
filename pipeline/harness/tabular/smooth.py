"""Members that are smooth in their inputs: linear models, kernels and small networks.

Every fit can be cut short and still leaves a model, so no member is skipped for being slow.
"""

import warnings
from typing import Any

import numpy as np
from fitted import Kernel, Linear, Network, closeness
from lessons import Lesson, inner_loss, inner_part
from metrics import Floats

LINEAR_STEP = 60  # iterations between two looks at the clock
LINEAR_STEPS = 8
LANDMARKS = 300
EPOCHS = 100
PATIENCE = 8


def fit_linear(lesson: Lesson, *, strength: float) -> Linear:
    """Logistic or ridge regression; `strength` is the inverse of the penalty."""
    weights, bias = _solve(lesson.rows, lesson, strength)
    return Linear(weights, bias, lesson.classes)


def fit_kernel(lesson: Lesson, *, strength: float) -> Kernel:
    """Logistic or ridge regression on the closeness to randomly drawn training rows."""
    draw = np.random.default_rng(lesson.seed)
    count = min(LANDMARKS, len(lesson.rows))
    landmarks = lesson.rows[np.sort(draw.choice(len(lesson.rows), count, replace=False))]
    gamma = 1.0 / max(float(lesson.rows.var(axis=0).sum()), 1e-9)
    near = closeness(lesson.rows, landmarks, gamma)
    weights, bias = _solve(near, lesson, strength)
    return Kernel(landmarks, gamma, weights, bias, lesson.classes)


def _solve(rows: Floats, lesson: Lesson, strength: float) -> tuple[Floats, Floats]:
    """Weights (inputs, scores) and bias (scores) of a penalised linear model."""
    from sklearn.linear_model import LogisticRegression, Ridge  # noqa: PLC0415 - start-up

    if lesson.classes == 0:
        ridge = Ridge(alpha=1.0 / strength).fit(rows, lesson.target)
        return ridge.coef_.reshape(-1, 1), np.array([ridge.intercept_])
    model = LogisticRegression(C=strength, max_iter=LINEAR_STEP, warm_start=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # stopping before convergence is what the steps are for
        for _ in range(LINEAR_STEPS):
            model.fit(rows, lesson.target)
            if lesson.late or int(np.max(model.n_iter_)) < LINEAR_STEP:
                break
    return _spread_scores(model.coef_.T, model.intercept_, model.classes_, lesson.classes)


def _spread_scores(
    weights: Floats, bias: Floats, seen: Floats, classes: int
) -> tuple[Floats, Floats]:
    """Give a class that these rows lack a score that means "never"."""
    if len(seen) == classes:
        return weights, bias
    places = seen.astype(int)
    if weights.shape[1] == 1:
        weights, bias = np.hstack([-weights, weights]) / 2.0, np.array([-bias[0], bias[0]]) / 2.0
    all_weights, all_bias = np.zeros((len(weights), classes)), np.full(classes, -30.0)
    all_weights[:, places], all_bias[places] = weights, bias
    return all_weights, all_bias


def fit_network(lesson: Lesson, *, width: int) -> Network:
    """A small perceptron; the epoch is chosen on an inner part of the rows."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor  # noqa: PLC0415 - start-up

    learn, check = inner_part(lesson)
    model = (MLPClassifier if lesson.classes else MLPRegressor)(
        hidden_layer_sizes=(width, width // 2),
        alpha=0.05,
        learning_rate_init=2e-3,
        batch_size=int(np.clip(len(learn) // 20, 16, 256)),
        random_state=lesson.seed,
    )
    first = {"classes": np.arange(lesson.classes)} if lesson.classes else {}
    model.partial_fit(lesson.rows[learn], lesson.target[learn], **first)
    kept, best, since = _network(model, lesson.classes), np.inf, 0
    for _ in range(EPOCHS):
        network = _network(model, lesson.classes)
        loss = inner_loss(lesson.target[check], network.predict(lesson.rows[check]), lesson.classes)
        kept, best, since = (network, loss, 0) if loss < best else (kept, best, since + 1)
        if since >= PATIENCE or lesson.late:
            break
        model.partial_fit(lesson.rows[learn], lesson.target[learn])
    return kept


def _network(model: Any, classes: int) -> Network:  # noqa: ANN401 - scikit-learn has no types
    layers = zip(model.coefs_, model.intercepts_, strict=True)
    return Network(tuple((weights.copy(), bias.copy()) for weights, bias in layers), classes)
