"""The ground floor: errors, registry, settings, progress, packages. Standard library and numpy only."""
