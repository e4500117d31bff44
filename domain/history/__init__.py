"""What a document's past says and how it is brought back: always by another edit, never by changing what was."""
