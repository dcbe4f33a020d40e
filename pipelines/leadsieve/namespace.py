"""`pl.col(...).lead`: there for everyone who imports leadsieve and Polars, in whichever order.

To import Polars only to register it would cost every start of the command line a fifth of a second, so it waits for whoever
imports Polars.
"""

import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from importlib.abc import Loader  # costs as much as all of this package at its start

    import polars as pl

    from leadsieve.identity.expressions import LeadExpressions


def offer_lead() -> None:
    """Register the namespace with Polars: now, or as soon as it is imported."""
    if "polars" in sys.modules:
        _register()
    else:
        sys.meta_path.insert(0, _PolarsFinder())


def _register() -> None:
    from polars.api import register_expr_namespace

    # Polars wants a class; what makes one of an expression is all that it calls.
    register_expr_namespace("lead")(cast("type[LeadExpressions]", _lead))


def _lead(expr: "pl.Expr") -> "LeadExpressions":
    from leadsieve.identity.expressions import LeadExpressions

    return LeadExpressions(expr)


class _PolarsFinder:
    """Finds Polars as all others do, with a loader that registers the namespace afterwards."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != "polars":
            return None
        others = (finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec"))
        spec = next(filter(None, (finder.find_spec(fullname, path, target) for finder in others)), None)
        if spec and spec.loader:
            spec.loader = cast("Loader", _PolarsLoader(spec.loader, self))
        return spec


class _PolarsLoader:
    """Loads Polars by its own loader, which it is left with."""

    def __init__(self, loader: "Loader", finder: _PolarsFinder) -> None:
        self._own, self._finder = loader, finder

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        cast("Any", module).__spec__.loader = module.__loader__ = self._own
        self._own.exec_module(module)
        with suppress(ValueError):  # somebody may have put an end to all finders
            sys.meta_path.remove(self._finder)
        _register()
