"""Wire formats: each turns what a client sent into reports, or says what is wrong with it."""
