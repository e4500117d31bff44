"""The cells of a table as Word wants them: every row says which cells of the rows above go on in it."""

from dataclasses import dataclass, replace
from typing import Final

from infra.body.tree import Node

COLUMNS_MAX: Final = 63
"""Word has no more. A cell beyond them is kept, and is one column wide."""
CELLS_GOING_ON_MAX: Final = 20_000
"""Of a document: each costs an element in every row, so that a page of HTML could ask for all the memory."""


class Spans:
    """What may still be repeated in one document; a cell that asks for more stays in its own row."""

    __slots__ = ("cells_left",)

    def __init__(self, cells_max: int = CELLS_GOING_ON_MAX) -> None:
        self.cells_left = cells_max

    def taken(self, rows: int) -> int:
        if rows > self.cells_left:
            return 0
        self.cells_left -= rows
        return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A cell in a row; `rows_left` are those below into which it goes on."""

    cell: Node
    columns: int
    rows_left: int
    goes_on: bool = False

    @property
    def begins_span(self) -> bool:
        return self.rows_left > 0 and not self.goes_on


def rows_of(table: Node, spans: Spans) -> list[list[Placed]]:
    rows = [[cell for cell in row.content if isinstance(cell, Node)] for row in table.content if isinstance(row, Node)]
    placed_rows: list[list[Placed]] = []
    spanning: dict[int, Placed] = {}
    for number, cells in enumerate(rows):
        row, spanning = _row(cells, spanning, spans, rows_below=len(rows) - number - 1)
        placed_rows.append(row)
    return placed_rows


def _row(
    cells: list[Node], spanning: dict[int, Placed], spans: Spans, *, rows_below: int
) -> tuple[list[Placed], dict[int, Placed]]:
    """Return the row, and by column what goes on in the next one."""
    row: list[Placed] = []
    going_on: dict[int, Placed] = {}
    waiting = list(reversed(cells))
    column, last = 0, max(spanning, default=-1)
    while waiting or last >= column:
        above = spanning.get(column)
        if above is not None:
            placed = replace(above, rows_left=above.rows_left - 1, goes_on=True)
        elif waiting:
            cell = waiting.pop()
            columns, rows = cell.attrs["colspan"], cell.attrs["rowspan"]
            columns = max(1, min(columns, COLUMNS_MAX - column))
            placed = Placed(cell=cell, columns=columns, rows_left=spans.taken(min(rows - 1, rows_below)))
        else:
            break  # between this cell and the next that goes on is none: Word has no word for a gap
        row.append(placed)
        if placed.rows_left > 0:
            going_on[column] = placed
        column += placed.columns
    return row, going_on
