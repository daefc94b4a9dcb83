"""The demo: a lived-in running group in the browser, without an account and without a network."""
