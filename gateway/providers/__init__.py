"""Providers of language models: each speaks one protocol and answers in one shape."""
