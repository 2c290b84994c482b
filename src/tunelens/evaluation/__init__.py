"""How good a model is: protocols, metrics with intervals, comparisons, audits of data."""
