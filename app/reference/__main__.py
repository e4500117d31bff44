"""Write every generated page: `python -m app.reference`."""

from app.reference.pages import ROOT, pages

if __name__ == "__main__":
    for name, text in pages().items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
