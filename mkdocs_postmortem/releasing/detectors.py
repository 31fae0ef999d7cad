"""detect-secrets' detectors of known forms, loaded so that none of them can ask a service about what it found."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from types import ModuleType
from typing import Any

_CLIENT = "requests"
"""By which they verify a secret with whoever issued it. Only what finds is used here; and it takes long to import."""


class _Unused(ModuleType):
    """In the place of a module of which names are needed and nothing else."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Exception,), {})


@contextmanager
def _without_client() -> Iterator[None]:
    """While modules are imported that want the client, they get nothing that connects; others get the client later."""
    if _CLIENT in sys.modules:
        yield
        return
    sys.modules[_CLIENT] = _Unused(_CLIENT)
    try:
        yield
    finally:
        del sys.modules[_CLIENT]


@lru_cache(maxsize=1)
def detectors() -> Sequence[Any]:
    """The detectors by regular expressions; not those that guess by entropy or by a word nearby."""
    with _without_client():
        from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
        from detect_secrets.plugins.base import RegexBasedDetector

        classes: Any = get_mapping_from_secret_type_to_class().values()
    unfit = {"IPPublicDetector", "KeywordDetector"}
    return [
        kind()
        for kind in sorted(classes, key=lambda kind: kind.__name__)
        if issubclass(kind, RegexBasedDetector) and kind.__name__ not in unfit
    ]
