"""Document bodies: Yjs state to and from Markdown, HTML, ProseMirror JSON and text, through pycrdt."""
