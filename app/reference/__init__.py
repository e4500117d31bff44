"""Reference pages, each written from the code that it describes; `make docs` writes them again."""
