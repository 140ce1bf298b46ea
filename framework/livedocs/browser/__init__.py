"""The part of livedocs that runs in the reader's browser."""
