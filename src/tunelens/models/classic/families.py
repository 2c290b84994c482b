"""The table of classic models."""

from __future__ import annotations

from tunelens.models.classic.family import Choice, Family, Range

LOGISTIC = Family(
    "logistic",
    "logistic regression: a straight line between classes, fast, well calibrated",
    classifier="sklearn.linear_model:LogisticRegression",
    defaults={"C": 0.1, "max_iter": 1000},
    ranges={"C": Range(1e-4, 10.0, log=True)},
)

LINEAR = Family(
    "linear",
    "linear regression for numbers such as valence or popularity, on a few columns",
    regressor="sklearn.linear_model:LinearRegression",
    default_input="descriptors",
)

RIDGE = Family(
    "ridge",
    "least squares with weights held small; the fastest on many columns, for classes and numbers",
    classifier="sklearn.linear_model:RidgeClassifier",
    regressor="sklearn.linear_model:Ridge",
    defaults={"alpha": 100.0},
    regressor_defaults={"alpha": 100.0},
    ranges={"alpha": Range(1e-1, 1e5, log=True)},
    margins=True,
)

TREE = Family(
    "tree",
    "one decision tree: rules a person can read, on a handful of columns",
    classifier="sklearn.tree:DecisionTreeClassifier",
    regressor="sklearn.tree:DecisionTreeRegressor",
    defaults={"max_depth": 6, "min_samples_leaf": 3},
    regressor_defaults={"max_depth": 6, "min_samples_leaf": 3},
    ranges={"max_depth": Range(2, 16), "min_samples_leaf": Range(1, 32, log=True)},
    scale=False,
    default_input="descriptors",
)

_FOREST = {"n_estimators": 200, "min_samples_leaf": 2}
FOREST = Family(
    "forest",
    "random forest: many trees that vote; needs no tuning, does not mind columns that say nothing",
    classifier="sklearn.ensemble:RandomForestClassifier",
    regressor="sklearn.ensemble:RandomForestRegressor",
    defaults=_FOREST,
    regressor_defaults={**_FOREST, "max_features": 0.33},
    ranges={
        "n_estimators": Range(50, 400, log=True),
        "min_samples_leaf": Range(1, 16, log=True),
        "max_features": Choice(("sqrt", "log2", 0.1, 0.33)),
    },
    scale=False,
    default_input="descriptors",
)

# early stopping would judge by rows drawn at random, whatever their group
_BOOSTING = {"early_stopping": False, "max_leaf_nodes": 15, "min_samples_leaf": 5, "max_features": 0.3}
BOOSTING = Family(
    "boosting",
    "gradient boosting: trees that mend each other's errors; strong on tables of many rows",
    classifier="sklearn.ensemble:HistGradientBoostingClassifier",
    regressor="sklearn.ensemble:HistGradientBoostingRegressor",
    defaults=_BOOSTING,
    regressor_defaults=_BOOSTING,
    ranges={
        "learning_rate": Range(0.02, 0.3, log=True),
        "max_iter": Range(30, 300, log=True),
        "max_leaf_nodes": Range(4, 31),
        "l2_regularization": Range(1e-3, 10.0, log=True),
    },
    scale=False,
    default_input="descriptors",
)

KNN = Family(
    "knn",
    "k nearest neighbours: asks the most similar clips; nothing to train, shows its examples",
    classifier="tunelens.models.classic.neighbours:NeighbourClassifier",
    regressor="tunelens.models.classic.neighbours:NeighbourRegressor",
    defaults={"n_neighbors": 10, "metric": "cosine"},
    regressor_defaults={"n_neighbors": 10, "metric": "cosine"},
    ranges={
        "n_neighbors": Range(1, 50, log=True),
        "metric": Choice(("cosine", "euclidean", "manhattan")),
        "weights": Choice(("uniform", "distance")),
    },
    default_input="embedding",
)

LINEAR_SVM = Family(
    "linear_svm",
    "linear support vector machine: as logistic regression, with a margin; for many columns",
    classifier="sklearn.svm:LinearSVC",
    regressor="sklearn.svm:LinearSVR",
    defaults={"C": 0.01, "max_iter": 5000},
    regressor_defaults={"C": 0.05, "max_iter": 5000},
    ranges={"C": Range(1e-4, 10.0, log=True)},
    margins=True,
)

SVM = Family(
    "svm",
    "support vector machine with an RBF kernel: the strong old hand on MFCC and tables",
    classifier="sklearn.svm:SVC",
    regressor="sklearn.svm:SVR",
    defaults={"C": 3.0, "cache_size": 500},
    regressor_defaults={"C": 1.0, "cache_size": 500},
    ranges={"C": Range(0.1, 100.0, log=True), "gamma": Range(1e-5, 1e-1, log=True)},
    margins=True,
)

_MLP = {"hidden_layer_sizes": 64, "alpha": 1.0, "max_iter": 100}
MLP = Family(
    "mlp",
    "multi-layer perceptron: a small dense net, without torch",
    classifier="sklearn.neural_network:MLPClassifier",
    regressor="sklearn.neural_network:MLPRegressor",
    defaults=_MLP,
    regressor_defaults=_MLP,
    ranges={
        "hidden_layer_sizes": Choice((32, 64, 128, 256)),
        "alpha": Range(1e-3, 30.0, log=True),
        "learning_rate_init": Range(3e-4, 1e-2, log=True),
    },
)

HMM = Family(
    "hmm",
    "a Gaussian hidden Markov model per class: how a sound moves from state to state",
    classifier="tunelens.models.classic.hmm:HmmClassifier",
    ranges={"n_states": Range(2, 8), "n_iter": Range(5, 30)},
    margins=True,
    kind="sequence",
    extra="learn",
    default_input="mfcc_frames",
)

HEAD = Family(
    "head",
    "a strongly held linear head on pretrained embeddings: the first thing to try on few clips",
    classifier="sklearn.linear_model:LogisticRegression",
    regressor="sklearn.linear_model:Ridge",
    defaults={"C": 0.005, "max_iter": 1000},
    regressor_defaults={"alpha": 3000.0},
    default_input="embedding",
)

PROTOTYPES = Family(
    "prototypes",
    "one mean example per class, the nearest wins: for five to twenty examples of each",
    classifier="tunelens.models.classic.prototypes:Prototypes",
    ranges={"metric": Choice(("cosine", "euclidean"))},
    margins=True,
    default_input="embedding",
)
