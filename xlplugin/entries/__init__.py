"""What a typed value means, for every carrier alike."""
