"""``python -m catchment.apps.demo FOLDER`` writes the demo's inputs into a folder."""

import sys
from pathlib import Path

from catchment.apps.demo import write_demo

if __name__ == "__main__":
    write_demo(Path(sys.argv[1]))
