"""The cells of a table as Word wants them: every row says which cells of the rows above go on in it."""

from dataclasses import dataclass, replace

from infra.body.tree import Node


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


def rows_of(table: Node) -> list[list[Placed]]:
    rows = [[cell for cell in row.content if isinstance(cell, Node)] for row in table.content if isinstance(row, Node)]
    placed_rows: list[list[Placed]] = []
    spanning: dict[int, Placed] = {}
    for number, cells in enumerate(rows):
        row, spanning = _row(cells, spanning, rows_below=len(rows) - number - 1)
        placed_rows.append(row)
    return placed_rows


def _row(cells: list[Node], spanning: dict[int, Placed], *, rows_below: int) -> tuple[list[Placed], dict[int, Placed]]:
    """Return the row, and by column what goes on in the next one."""
    row: list[Placed] = []
    going_on: dict[int, Placed] = {}
    waiting = list(reversed(cells))
    column = 0
    while waiting or any(start >= column for start in spanning):
        above = spanning.get(column)
        if above is not None:
            placed = replace(above, rows_left=above.rows_left - 1, goes_on=True)
        elif waiting:
            cell = waiting.pop()
            columns, rows = cell.attrs["colspan"], cell.attrs["rowspan"]
            placed = Placed(cell=cell, columns=columns, rows_left=min(rows - 1, rows_below))
        else:
            break  # between this cell and the next that goes on is none: Word has no word for a gap
        row.append(placed)
        if placed.rows_left > 0:
            going_on[column] = placed
        column += placed.columns
    return row, going_on
