"""Comments on a document, in threads that hold on to a range of its text; never content of it."""
