"""Models that a person asks for by name, as they are called on the Hub or in their libraries."""

import re

# Nobody says these without meaning the model.
_UNMISTAKABLE = (
    *("lightgbm", "light gbm", "lgbm", "catboost", "xgboost", "random forest", "extra trees"),
    *("logistic regression", "naive bayes", "linear svm", "svm", "svc", "knn", "k-means", "kmeans"),
    *("dbscan", "hdbscan", "gaussian mixture", "agglomerative", "gmm", "distilbert", "roberta"),
    *("xlm-roberta", "deberta", "modernbert", "bert", "flan-t5", "t5", "bart", "pegasus", "marian"),
    *("nllb", "resnet", "efficientnet", "mobilenet", "convnext", "convnextv2", "dinov2", "siglip"),
    *("vit", "swin", "yolo", "rt-detr", "detr", "d-fine", "faster r-cnn", "gpt-2", "gpt2", "qwen"),
    *("llama", "mistral", "gemma", "smollm", "phi-3", "tinyllama", "prophet", "arima", "sarima"),
    *("holt-winters", "autoets", "n-beats", "chronos", "tabpfn", "autogluon", "tf-idf", "crf"),
)
# These are models only after "use", "with a" and the like.
_AFTER_A_VERB = (
    *("linear model", "linear regression", "ridge", "lasso", "gradient boosting", "boosted trees"),
    *("decision tree", "neural network", "neural net", "mlp", "cnn", "lstm", "transformer", "ets"),
    *("theta", "seasonal naive", "ensemble", "boosting", "perceptron"),
)
_VERB = (
    r"(?:fine[-\s]?tun\w+|start\w*\s+from|use|using|with|try|via|fit|train|want|prefer|through|by)"
    r"\s+(?:only\s+)?(?:an?\s+|the\s+)?"
)
_SIZE = (
    r"(?:[-\s]?\d+(?:\.\d+)?[bm]\b|-(?:base|small|large|tiny|mini|uncased|cased)\b"
    r"|[-.]?\d+(?:\.\d+)*)*"
)
_HUB = r"(?<![\w/.:])([\w.-]*[A-Za-z][\w.-]*/[\w.-]*[A-Za-z][\w.-]*)(?![\w/])"
_NOT = re.compile(
    r"(?:\bnot?|n't|without|except|instead of|never|avoid|no)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)


def named_model(words: str) -> str | None:
    """The model that the words ask for, lower case unless it is a Hub id; None for none.

    A model that the person rules out ("not XGBoost") is not asked for.
    """
    hub = re.search(rf"{_VERB}(?:\w+\s+){{0,2}}?{_HUB}", words, re.IGNORECASE)
    if hub is not None and not re.search(r"\.[a-z]{2,5}$", hub[1]):
        return hub[1]
    for names, before in ((_UNMISTAKABLE, ""), (_AFTER_A_VERB, _VERB)):
        either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        for found in re.finditer(rf"{before}\b(({either}){_SIZE})(?![\w.])", words, re.IGNORECASE):
            if not _NOT.search(words[: found.start()]):
                return " ".join(found[1].lower().split())
    return None
