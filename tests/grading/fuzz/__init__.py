"""Mutated notebooks and mutated replies, from a seed: the same seed makes the same inputs."""
