"""Training of what is shipped with Tunelens; not part of the package."""
