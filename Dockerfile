# A single-user image for JupyterHub: the book as notebooks, its library, and nbgrader for students
# and instructors. Build with `docker build -t convbook .`; book/instructors/deployment.md has the rest.
FROM quay.io/jupyter/minimal-notebook:python-3.11

USER root
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends bubblewrap libseccomp2 uidmap \
    && rm -rf /var/lib/apt/lists/*
COPY --chown=${NB_UID}:${NB_GID} . /opt/convbook
WORKDIR /opt/convbook
RUN python -m pip install --no-cache-dir -r requirements.txt -c requirements.lock . \
    && mkdir -p "${CONDA_DIR}/share/jupyter/lab/settings" \
    && cp book/lab-overrides.json "${CONDA_DIR}/share/jupyter/lab/settings/overrides.json" \
    && mkdir -p "${CONDA_DIR}/etc/jupyter/labconfig" \
    && cp book/lab-learners/labconfig/page_config.json "${CONDA_DIR}/etc/jupyter/labconfig/" \
    # Students see their course and hand in; an instructor's container enables the rest.
    && jupyter server extension enable --sys-prefix nbgrader.server_extensions.assignment_list \
    && mkdir -p /srv/nbgrader/exchange && chmod 1777 /srv/nbgrader/exchange \
    # The same exchange and the same course as in autograder.toml, for nbgrader's student side.
    && mkdir -p "${CONDA_DIR}/etc/jupyter" \
    && printf '%s\n' 'c = get_config()' 'c.Exchange.root = "/srv/nbgrader/exchange"' \
       'c.CourseDirectory.course_id = "convbook"' > "${CONDA_DIR}/etc/jupyter/nbgrader_config.py"

USER ${NB_UID}
WORKDIR ${HOME}
