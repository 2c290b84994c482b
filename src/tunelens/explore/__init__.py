"""What is in a collection: which features tell, what belongs together, what sets two apart."""
