"""`python -m eval …` is `footnote eval …`."""

import sys

from rag.cli import main

if __name__ == "__main__":
    sys.exit(main(["eval", *sys.argv[1:]]))
