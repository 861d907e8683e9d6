"""A class from submissions to scores: key, store, workers, cluster."""
