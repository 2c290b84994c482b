"""The page: built of ``web/`` into ``page/`` when the package is installed."""
