"""
The corpus of broken inputs, and a script that writes it into a folder to look at.

From the root of the repository: ``PYTHONPATH=coverage:tests python -m corpus.make FOLDER``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.layers import layer_cases
from corpus.ledger_cells import cell_cases
from corpus.ledger_headers import header_cases
from corpus.ledger_rows import row_cases
from corpus.ledger_sheets import sheet_cases
from corpus.people import people_cases
from corpus.tables import table_cases

if TYPE_CHECKING:
    from corpus.cases import Case

CASES = (*cell_cases(), *sheet_cases(), *row_cases(), *header_cases(), *layer_cases(), *table_cases(), *people_cases())


def write_case(case: Case, folder: Path) -> Path:
    """The file of a case, written into a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    case.write(folder / case.file)
    return folder / case.file


def main() -> None:
    """Write all cases, each into a folder named after its number and reader."""
    for number, case in enumerate(CASES):
        write_case(case, Path(sys.argv[1], f"{number:03d}-{case.reader}"))


if __name__ == "__main__":
    main()
