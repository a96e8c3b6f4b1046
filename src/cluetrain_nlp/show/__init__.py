"""Showing: explanations, reports, figures, and the words to write them up with."""
