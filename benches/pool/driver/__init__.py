"""What `pool/run` does."""
