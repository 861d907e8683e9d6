"""The instructor's command line: ``python -m autograder COMMAND``."""

from autograder.commands import main

raise SystemExit(main())
