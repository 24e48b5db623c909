"""The database backend: search_path and role travel together. See `base.py`."""
