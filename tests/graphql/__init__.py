"""Specifications of GraphQL: who may ask what, how it is answered, over which transports."""
