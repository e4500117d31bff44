"""Delivery: REST, GraphQL and live sockets turned into commands and questions; never a driver, never a decision."""
