"""Charts of hot songs: where they come from, their sound, and what the songs share."""
