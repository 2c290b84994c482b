"""Audit: what is wrong with a dataset before a model learns it by heart."""

from tunelens.evaluation.audit.findings import SAME, Duplicate, Fault, FormatLeak, Leak, WrongLabel
from tunelens.evaluation.audit.names import one_spelling
from tunelens.evaluation.audit.report import AuditReport

__all__ = [
    "SAME",
    "AuditReport",
    "Duplicate",
    "Fault",
    "FormatLeak",
    "Leak",
    "WrongLabel",
    "one_spelling",
]
