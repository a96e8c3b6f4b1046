"""What the library ships besides code: models, the German pipeline, the corpus."""
