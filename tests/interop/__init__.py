"""Clients that are not ours: stock Yjs libraries against our server."""
