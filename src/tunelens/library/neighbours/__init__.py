"""Which tracks sound alike: one vector per track, kept ready, searched exactly or by an index."""
