"""The parts of `make_samples.py`: the invented world, the planted truth, the files, the README's tables."""
