"""Training nets: the scikit-learn face, the loop, losses, schedules, checkpoints and what is served after."""
