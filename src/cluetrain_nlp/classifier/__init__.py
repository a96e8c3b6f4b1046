"""Judging passages: theses, style, embedding, and the two trained heads."""
