"""Composition root and processes: settings, bootstrap, web, worker, command line; the only package that imports everything."""
