"""What a model is given to hear: sound as numbers, the same in training and ever after.

Examples
--------
>>> INPUTS["mfcc"].names[:2], len(parse_input("mfcc+timbre").names)
(('mfcc_0.mean', 'mfcc_0.std'), 197)
"""

from tunelens.models.inputs.joined import parse_input
from tunelens.models.inputs.registry import INPUTS, Input

__all__ = ["INPUTS", "Input", "parse_input"]
