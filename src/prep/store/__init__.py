"""Progress, in SQLite. Nothing outside this room knows how it is kept."""

from __future__ import annotations

from prep.store.store import Store
from prep.store.trouble import StoreError

__all__ = ["Store", "StoreError"]
