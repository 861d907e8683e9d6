"""The instructor's command line: ``python -m autograder COMMAND``."""

from autograder.cli import main

raise SystemExit(main())
