"""What to hear next: by sound, by what other listeners like, or both."""
