"""Lets plain `nbgrader ...` and Formgrader work from the root of the repository."""

c = get_config()  # noqa: F821 (nbgrader defines it)

# --- where things are ------------------------------------------------------------------------
# Solutions are the only source; what students get is generated beside them.
c.CourseDirectory.course_id = "convbook"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

# --- what replaces a solution ------------------------------------------------------------------
# An answer cell says what to replace in its own words, before the region that is taken out.
c.ClearSolutions.code_stub = {"python": ""}
c.ClearSolutions.text_stub = "*Write your answer here.*"
