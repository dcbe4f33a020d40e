"""Names of a package that load their module when somebody asks for them, so that a start pays only for what it uses (PEP 562)."""

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any


def late_names(
    package: str, homes: Mapping[str, Iterable[str]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the `__getattr__` and `__dir__` of a package whose names come from `homes`: modules, each with its names.

    No name may be that of a module in the package: an imported module takes its own name there, and the name is gone.
    """
    home = {name: module for module, names in homes.items() for name in names}

    def found(name: str) -> Any:
        if name not in home:
            msg = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(msg)
        value = getattr(import_module(home[name]), name)
        setattr(sys.modules[package], name, value)  # so that it is asked for once
        return value

    def listed() -> list[str]:
        return sorted({*vars(sys.modules[package]), *home})

    return found, listed
