"""The demo MSP: half a year of a small provider's life, made through actions in the order of time.

Names are invented. The same seed tells the same story every time; only the dates follow today.
"""
