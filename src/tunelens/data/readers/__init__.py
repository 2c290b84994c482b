"""Readers of datasets, one module per format; `tunelens.data.registry.DATASETS` names them."""
