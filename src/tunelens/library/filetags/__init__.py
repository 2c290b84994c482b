"""Tags in music files: what they say, what would change, and writing it so that it can be taken back."""
