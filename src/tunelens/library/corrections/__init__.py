"""What people say of labels, as `Correction`, and what was learned from it."""
