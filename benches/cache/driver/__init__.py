"""What `../run` consists of."""
