"""What the machine can't do at the moment, in a sentence: no room, no right, a gradebook in use."""

import errno

AGAIN = "nothing that was recorded is lost, and the same command goes on from there"
_SYSTEM = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your quota of disk space is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "you have no right to it",
    errno.EPERM: "you have no right to it",
    errno.EMFILE: "too many files are open",
}


def of_system(error: OSError) -> str:
    """Say what the system refused, for which file, and what to do."""
    what = _SYSTEM.get(error.errno or 0, error.strerror or str(error))
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{what}. Mend that and run the command again; {AGAIN}."


def of_database(error: Exception) -> str:
    """Say what is wrong with the gradebook; "" where an error is none of the gradebook's."""
    text = str(getattr(error, "orig", "") or error).lower()
    if "database is locked" in text:
        return (
            "the gradebook is in use by another program (Formgrader, another `grade`). Wait for it "
            f"or close it, and run the command again; {AGAIN}."
        )
    if "disk is full" in text or "disk i/o error" in text:
        return f"the gradebook can't be written: the disk is full. Make room; {AGAIN}."
    if "readonly database" in text:
        return "the gradebook is read-only for you: look whose file it is, and its mode."
    if "unable to open database" in text:
        return "the gradebook can't be opened: look whether its folder is there and yours to write."
    if "not a database" in text or "malformed" in text:
        return (
            "gradebook.db is no gradebook, or damaged: put back your copy of it, or move it away "
            "and run `grade` again (marks that a person gave are only in that file)."
        )
    return ""
