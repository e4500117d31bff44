"""Routing by confidence, replayed over answers of two models whose worth is known; `make eval-confidence`."""
