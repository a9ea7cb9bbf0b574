"""`python -m eval.bench`: the same as `footnote bench`."""

import sys

from eval.bench.command import main

raise SystemExit(main(sys.argv[1:]))
