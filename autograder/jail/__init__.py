"""Isolation: students' code runs behind walls, is asked for answers, and can only answer."""
