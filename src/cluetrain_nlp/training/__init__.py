"""Learning: the annotated corpus, training, and evaluation. Needs scikit-learn; scoring does not."""
