"""The chapter's learning objectives in short, by their numbers: for the report on a class."""

from convbook import items

OBJECTIVES = {objective.number: objective.short for objective in items.objectives()}
