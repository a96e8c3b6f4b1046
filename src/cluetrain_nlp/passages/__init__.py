"""Cutting posts: the German pipeline, sentences, roles, languages, and passages."""
