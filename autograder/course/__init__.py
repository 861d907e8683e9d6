"""A course on disk: settings, roster, collecting, handing out, sharing, report, export."""
