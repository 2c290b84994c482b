"""Classic models: scikit-learn's families, hidden Markov models, ensembles."""

TRUSTED_TYPES: list[str] = [
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.tree._tree.Tree",
    "tunelens.models.classic.ensembles.Stack",
    "tunelens.models.classic.ensembles.Vote",
    "tunelens.models.classic.hmm.HmmClassifier",
    "tunelens.models.classic.margins.SoftmaxOf",
    "tunelens.models.classic.neighbours.NeighbourClassifier",
    "tunelens.models.classic.neighbours.NeighbourRegressor",
    "tunelens.models.classic.preparation.Standard",
    "tunelens.models.classic.prototypes.Prototypes",
    "tunelens.models.classic.tags.PerTag",
    "tunelens.models.fitting.estimators.NetClassifier",
    "tunelens.models.fitting.estimators.NetRegressor",
]
"""All that a skops file of these models may hold beyond what skops trusts by itself."""
