"""`second-wind check --rebuild`: everything that can be made anew is, and what belongs to nobody goes."""
