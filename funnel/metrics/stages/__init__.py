"""The stages of clients now, and how long they have been there."""
