"""Nets that learn from sequences: plain torch modules that know no trainer.

Every net is made from a `tunelens.models.nets.catalogue.Size`, takes standardised frames of shape (n, t, d)
and returns scores of shape (n, n_outputs); its last layer is called ``head``.
`tunelens.models.nets.catalogue` lists them without importing torch.
"""
