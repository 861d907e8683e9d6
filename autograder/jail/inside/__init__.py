"""The only code of ours beside a student's: standard library, NumPy, IPython and no answer."""
