"""The kinds of jobs that come with Tunelens, a file each."""
