"""The pages of a report that people read: a summary as PDF and a note on how to verify."""

import io
from typing import Any
from xml.sax.saxutils import escape

Json = dict[str, Any]

README = """Colophon audit report {report_id}

entries.jsonl   the evidence: every event of the range in log order, those that the filter hides as bare envelopes
entries.csv     a view of the matching ones for spreadsheets
erasures.jsonl  the erasures that explain missing content, each with its proof
checkpoint.txt  size and root of the whole log, signed (C2SP tlog-checkpoint)
manifest.json   what was asked, what is in here, the proof that nothing is left out; manifest.sig signs it
key.txt         the public key (C2SP signed-note); compare it with the one that you know the installation by
verify.py       checks all of this offline: python verify.py bundle.zip --key KEY

It recomputes each leaf from its envelope and the log's root from the leaves and the range proof, asks the filter again
of every event of the range, opens each disclosed text against its commitment, and wants an erasure in the log for
whatever is missing.
"""


def readme(manifest: Json) -> bytes:
    return README.format(report_id=manifest["report_id"]).encode()


def summary(manifest: Json, key_text: str) -> bytes:
    """Return one page of totals, method and fingerprints; takes tens of milliseconds, so call it in a thread."""
    # Heavy; only when first used.
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415
    from reportlab.lib.styles import getSampleStyleSheet  # noqa: PLC0415
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle  # noqa: PLC0415

    styles, page = getSampleStyleSheet(), io.BytesIO()
    cells = [[Paragraph(escape(str(cell)), styles["BodyText"]) for cell in row] for row in _rows(manifest, key_text)]
    table = Table(cells, colWidths=[110, 370])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.25, "#c8c8c8")]))
    document = SimpleDocTemplate(page, pagesize=A4, title=f"Audit report {manifest['report_id']}", author="Colophon")
    method = [Paragraph(escape(sentence), styles["BodyText"]) for sentence in METHOD]
    heading = Paragraph("Audit report", styles["Title"])
    document.build([heading, table, Spacer(0, 14), Paragraph("How this is proven", styles["Heading2"]), *method])
    return page.getvalue()


METHOD = (
    "Every event of the tenant is a leaf of one Merkle tree (RFC 9162). The checkpoint signs its size and root.",
    "The range proof shows that the events of this report are all that were recorded in the range, in this order.",
    "An event commits to its content with a salted HMAC. Content that is shown comes with its salt and can be checked.",
    "Erased content lost its salt with its key; the erasure is itself an event of the log, included with its proof.",
    "Verify offline, without us: python verify.py bundle.zip --key KEY.",
    "This page and the CSV are views; the evidence is entries.jsonl with manifest.json and its signature.",
)


def _rows(manifest: Json, key_text: str) -> list[tuple[str, object]]:
    counts, wanted = manifest["counts"], manifest["filter"]
    conditions = ", ".join(f"{name} {value}" for name, value in wanted.items() if value) or "none: everything"
    first, end = manifest["range"]
    return [
        ("Report", manifest["report_id"]),
        ("Log", manifest["origin"]),
        ("Requested", f"by {manifest['requested_by']} at {manifest['requested_at']}, made at {manifest['created_at']}"),
        ("Filter", conditions),
        ("Events in range", f"{counts['in_range']} (positions {first + 1} to {end} of {manifest['size']})"),
        ("Matching", counts["matching"]),
        ("Hidden by filter", counts["hidden"]),
        ("Content open", counts["open"]),
        ("Content erased", f"{counts['erased']}, with authority"),
        ("Content withheld", f"{counts['withheld']}, not shared with whoever asked"),
        ("Root", manifest["root"]),
        ("Key", key_text),
        ("Previous report", (manifest["previous"] or {}).get("report_id", "none")),
        ("Made by", manifest["generator"]),
    ]
