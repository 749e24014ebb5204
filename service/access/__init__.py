"""Who may ask, what, and how often: keys with scopes, an end, and a rate each."""
