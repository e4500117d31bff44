"""Document bodies on pycrdt: the adapter behind `commands.bodies.Bodies`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pycrdt import Doc

from commands.bodies import BodyBlock, BodyUnreadable, FileFacts, Labelled, LaidOut, Run, Stretch
from domain.alignment import Effort
from domain.document.body import BodyKind, ContentFormat, Source, SourceFormat
from domain.document.operations import AppendText, EditOperation, ReplaceAll
from domain.history.copies import Copy
from domain.history.tree import Element, Root
from infra.body.authored import authored_runs, authored_tree, text_as_code, tree_of
from infra.body.block_texts import described, lines_of
from infra.body.character_ids import block_texts, laid_out, stretches
from infra.body.crdt import guarded, open_document, plain_root, rich_root
from infra.body.docx_out import write_docx
from infra.body.html_in import read_html
from infra.body.html_out import write_html
from infra.body.identified import identified
from infra.body.markdown_in import read_markdown
from infra.body.markdown_out import write_markdown
from infra.body.operations import edit_plain, edit_rich
from infra.body.prosemirror import read_prosemirror, write_prosemirror
from infra.body.reconcile import replace_blocks
from infra.body.replica import PycrdtReplica
from infra.body.rewriting import Rewriting
from infra.body.sources import decoded, read_source, read_text, require_size
from infra.body.text import with_newlines
from infra.body.tree import AUTHORED, EMPTY_DOCUMENT, Mark, Node, document_text
from infra.body.yjs_in import read_element, read_fragment
from infra.body.yjs_out import insert_blocks


class PycrdtBodies:
    def seed(
        self,
        kind: BodyKind,
        *,
        markdown: str | None = None,
        text: str | None = None,
        html: str | None = None,
        prosemirror: Mapping[str, Any] | None = None,
        client_id: int,
    ) -> bytes:
        """An empty body needs nothing: y-prosemirror makes the first paragraph with the first key pressed."""
        for given in (markdown, text, html):
            require_size(given or "")
        if kind is BodyKind.PLAIN:
            source = with_newlines(markdown if markdown is not None else text or "")
            return _written(b"", client_id, lambda document: plain_root(document).insert(0, source))
        content = _read(markdown=markdown, text=text, html=html, prosemirror=prosemirror)
        if content == EMPTY_DOCUMENT:
            return b""
        return _written(b"", client_id, lambda document: insert_blocks(rich_root(document), 0, content.content))

    def merge(self, updates: Sequence[bytes]) -> bytes:
        """Through a document: pycrdt.merge_updates is quadratic. An update that is refused is left out."""
        updates = [update for update in updates if update]
        try:
            return _merged(updates)
        except BodyUnreadable:
            return _merged(_applicable(updates))

    def render(self, kind: BodyKind, state: bytes, content_format: ContentFormat) -> str:
        with guarded():
            document = open_document(state)
            if kind is BodyKind.RICH:
                return _WRITERS[content_format](read_fragment(rich_root(document)))
            text = str(plain_root(document))
        if content_format in (ContentFormat.MARKDOWN, ContentFormat.TEXT):
            return text
        return _WRITERS[content_format](text_as_code(text))

    def render_docx(self, kind: BodyKind, state: bytes, facts: FileFacts) -> bytes:
        return write_docx(tree_of(kind, state), facts)

    def blocks(self, kind: BodyKind, state: bytes) -> tuple[BodyBlock, ...]:
        with guarded():
            document = open_document(state)
            if kind is BodyKind.PLAIN:
                return lines_of(str(plain_root(document)))
            return tuple(described(read_element(child)) for child in rich_root(document).children)

    def blocks_of(self, kind: BodyKind, markdown: str) -> tuple[BodyBlock, ...]:
        if kind is BodyKind.PLAIN:
            return lines_of(with_newlines(markdown))
        content = _read(markdown=markdown, text=None, html=None, prosemirror=None)
        return tuple(described((block,)) for block in content.content) if content != EMPTY_DOCUMENT else ()

    def runs(self, kind: BodyKind, state: bytes, labelled: Sequence[Labelled]) -> Sequence[Run]:
        return authored_runs(kind, state, labelled)

    def texts(self, kind: BodyKind, state: bytes) -> Sequence[str]:
        return block_texts(kind, state)

    def stretches(self, kind: BodyKind, state: bytes) -> Sequence[Stretch]:
        return stretches(kind, state)

    def laid_out(self, kind: BodyKind, state: bytes) -> Sequence[LaidOut]:
        return laid_out(kind, state)

    def render_authored(
        self, kind: BodyKind, state: bytes, labelled: Sequence[Labelled], facts: Sequence[Mapping[str, str]]
    ) -> str:
        return write_html(authored_tree(kind, state, labelled, [Mark(AUTHORED, one) for one in facts]))

    def edit(self, kind: BodyKind, state: bytes, operations: Sequence[EditOperation], client_id: int) -> bytes:
        def change(document: Doc[Any]) -> None:
            effort = Effort()
            for operation in operations:
                if kind is BodyKind.PLAIN:
                    edit_plain(plain_root(document), operation, effort)
                else:
                    edit_rich(rich_root(document), operation, effort)

        return _written(state, client_id, change)

    def imported(self, kind: BodyKind, state: bytes, source: Source, *, replaces: bool, client_id: int) -> bytes:
        if kind is BodyKind.PLAIN:
            return self.edit(kind, state, [_plain_import(source, replaces=replaces)], client_id)
        read = read_source(source)
        blocks = [] if read == EMPTY_DOCUMENT else [block for block in read.content if isinstance(block, Node)]

        def change(document: Doc[Any]) -> None:
            fragment = rich_root(document)
            end = len(fragment.children)
            replace_blocks(fragment, 0 if replaces else end, end, blocks, Effort())

        return _written(state, client_id, change)

    def identified(self, kind: BodyKind, state: bytes) -> Element:
        return identified(kind, state)

    def rewrite(
        self, kind: BodyKind, state: bytes, target: Element, client_id: int, root: Root
    ) -> tuple[bytes, tuple[Copy, ...]]:
        rewriting = Rewriting(kind, identified(kind, state), target, root)
        update = _written(state, client_id, rewriting.make)
        return update, rewriting.copies(update)

    def replica(self) -> PycrdtReplica:
        return PycrdtReplica()


def _merged(updates: Sequence[bytes]) -> bytes:
    with guarded():
        document = open_document()
        # A transaction each: one around all of them takes five times as long, and nobody else gets the interpreter.
        for update in updates:
            document.apply_update(update)
        return document.get_update()


def _applicable(updates: Sequence[bytes]) -> list[bytes]:
    """Return the updates without those that are refused after the ones before them; slow, and hardly ever needed."""
    accepted: list[bytes] = []
    document = open_document()
    for update in updates:
        try:
            with guarded():
                document.apply_update(update)
        except BodyUnreadable:
            # It may be half changed now: go on with a document that never saw this update.
            document = open_document(_merged(accepted))
        else:
            accepted.append(update)
    return accepted


def _written(state: bytes, client_id: int, change: Callable[[Doc[Any]], None]) -> bytes:
    """Make one change and return its own update, without the deletions of all the time before."""
    updates: list[bytes] = []
    with guarded():
        document = open_document(state, client_id)
        subscription = document.observe(lambda event: updates.append(event.update))
        try:
            with document.transaction():
                change(document)
        finally:
            document.unobserve(subscription)
    return updates[0] if updates else b""


def _plain_import(source: Source, *, replaces: bool) -> EditOperation:
    """A plain body is text: what has blocks becomes its Markdown."""
    is_text = source.format in (SourceFormat.MARKDOWN, SourceFormat.TEXT)
    text = decoded(source) if is_text else write_markdown(read_source(source))
    return ReplaceAll(markdown=text) if replaces else AppendText(text=text)


def _read(*, markdown: str | None, text: str | None, html: str | None, prosemirror: Mapping[str, Any] | None) -> Node:
    if prosemirror is not None:
        return read_prosemirror(prosemirror)
    if html is not None:
        return read_html(html)
    if markdown is not None:
        return read_markdown(markdown)
    return read_text(with_newlines(text or ""))


_WRITERS: Final[Mapping[ContentFormat, Callable[[Node], str]]] = {
    ContentFormat.MARKDOWN: write_markdown,
    ContentFormat.HTML: write_html,
    ContentFormat.JSON: write_prosemirror,
    ContentFormat.TEXT: document_text,
}
