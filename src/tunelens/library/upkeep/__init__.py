"""A library one can trust: is it sound, what is in it, and what is done when it is not."""
