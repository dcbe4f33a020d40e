"""The parts of `generate.py`: the invented world, the planted truth, the files, the README's tables."""
