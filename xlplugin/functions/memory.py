"""The memory of calls: what a function has answered is kept for the same cells, within a bound of bytes.

Why not ``functools.lru_cache``: it counts entries, and one entry may be a range of a million cells or a
text of megabytes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from itertools import chain
from sys import getsizeof
from threading import Lock
from typing import Any

#: What an entry takes beside its key and its value: its place in the table and in the order of use.
ENTRY_BYTES = 200
#: A row with its place in the table; the place of a cell in its row.
ROW_BYTES, POINTER_BYTES = getsizeof(()) + 8, 8
#: A cell of an answer, with its place.
ANSWER_CELL_BYTES = 64


class Memory:
    """At most ``entries`` answers and ``most_bytes`` of keys and answers; the longest unused go first.

    An answer that would take more than an eighth of all bytes is not kept. May be used by many threads.
    """

    def __init__(self, entries: int, most_bytes: int) -> None:
        self.entries, self.most_bytes = entries, most_bytes
        #: Bytes of everything that is kept; what two entries share is counted twice.
        self.bytes = 0
        # by the key's hash: a large key is hashed once; of two keys with the same hash the later one stays
        self._kept: OrderedDict[int, tuple[Hashable, Any, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def __call__(self, compute: Callable[..., Any], *key: Any) -> Any:
        """Return ``compute(*key)``, remembered where possible. Raises TypeError for what is no key."""
        place = hash(key)
        kept = self._kept.get(place)
        if kept is None or kept[0] != key:
            value = compute(*key)
            self._keep(place, key, value)
            return value
        with self._lock:
            if place in self._kept:
                self._kept.move_to_end(place)
        return kept[1]

    def _keep(self, place: int, key: Hashable, value: Any) -> None:
        size = ENTRY_BYTES + _size(key) + _answer_size(value)
        if size > self.most_bytes // 8:
            return
        with self._lock:
            if place in self._kept:
                self.bytes -= self._kept.pop(place)[2]
            self._kept[place] = key, value, size
            self.bytes += size
            while self.bytes > self.most_bytes or len(self._kept) > self.entries:
                self.bytes -= self._kept.popitem(last=False)[1][2]


def _size(value: Any) -> int:
    """Return the bytes of a scalar, or of a tuple of scalars and tables with all that they hold."""
    if value.__class__ is not tuple:
        return getsizeof(value)
    kinds = set(map(type, value))
    if tuple not in kinds:
        return ROW_BYTES + sum(map(getsizeof, value))
    if len(kinds) > 1:
        return ROW_BYTES + sum(map(_size, value))
    cells = list(chain.from_iterable(value))
    bare = ROW_BYTES * len(value) + POINTER_BYTES * len(cells)
    kinds = set(map(type, cells))
    if kinds == {float}:
        return bare + getsizeof(0.0) * len(cells)
    if kinds == {str}:  # none takes more a letter than all of them together
        return bare + getsizeof("") * len(cells) + getsizeof("".join(cells))
    return bare + sum(map(_size if tuple in kinds else getsizeof, value if tuple in kinds else cells))


def _answer_size(value: Any) -> int:
    """Return the bytes of an answer by its number of cells; its long texts are the key's own."""
    return ANSWER_CELL_BYTES * len(value) if value.__class__ is tuple else getsizeof(value)
