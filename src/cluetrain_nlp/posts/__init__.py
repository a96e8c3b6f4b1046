"""Reading posts: one format, one reader."""
