"""What every part of the API shares: addresses, problem details, cursors, a careful parser.

Import from its modules: Django REST reads its settings, and so the parser and the cursor, while
its own views are half imported.
"""
