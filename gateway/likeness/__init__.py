"""Questions that mean the same in other words: who may be given the answer to which, and how often that was wrong."""
