"""What `dev.py` is made of: the standard library only, nothing that is shipped."""
