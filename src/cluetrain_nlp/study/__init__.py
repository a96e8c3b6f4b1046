"""Researching: pure pandas on scores."""
