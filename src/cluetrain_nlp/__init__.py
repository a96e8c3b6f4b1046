"""cluetrain_nlp."""
