"""`python -m app` is `summit`."""

import sys

from app.cli import main

sys.exit(main())
