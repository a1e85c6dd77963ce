"""``python -m catchment.apps.demo FOLDER [SIZE]`` writes the demo's inputs into a folder."""

import sys
from pathlib import Path
from typing import cast

from catchment.apps.demo import Size, write_demo

if __name__ == "__main__":
    folder, *size = sys.argv[1:]
    write_demo(Path(folder), size=cast("Size", size[0]) if size else "county")
