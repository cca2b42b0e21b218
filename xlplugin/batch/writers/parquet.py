"""Results as Parquet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xlplugin.batch.manifest import MANIFEST_KEY
from xlplugin.batch.result import Result
from xlplugin.batch.writers.record_batches import batch_of
from xlplugin.files.targets import Replacement

#: Rows of a row group: enough for readers to work in stretches, few enough for constant memory.
GROUP_ROWS = 131_072
#: Rows that show whether a column repeats itself.
SAMPLE = 1024


class ParquetWriter:
    """Parquet with the manifest in its metadata; null where not available."""

    def __init__(self, path: Path, *, with_faults: bool = False) -> None:
        self._with_faults = with_faults
        self._target = Replacement(path)
        self._writer: Any = None
        self._waiting: list[Any] = []
        self._rows = 0

    def encode(self, result: Result) -> Any:
        """Return the block as a record batch."""
        return batch_of(result, with_faults=self._with_faults)

    def write(self, payload: Any) -> None:
        """Write a block, together with its neighbours where it is small."""
        if self._writer is None and payload.num_rows:
            self._writer = self._opened(payload)
        self._waiting.append(payload)
        self._rows += payload.num_rows
        if self._rows >= GROUP_ROWS:
            self._flush()

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Write what waits and the manifest, and give the file its name."""
        if self._writer is None:
            self._writer = self._opened(self._waiting[0])
        if self._waiting:
            self._flush()
        self._writer.add_key_value_metadata({MANIFEST_KEY: json.dumps(manifest)})
        self._writer.close()
        self._target.take_place()

    def abandon(self) -> None:
        """Remove what was written."""
        self._target.abandon(self._writer)

    def _opened(self, batch: Any) -> Any:
        import pyarrow.parquet as pq

        # figures that hardly repeat: neither a dictionary nor compression pays for them
        repeating = [
            name for name, column in zip(batch.schema.names, batch.columns, strict=True) if _repeats(column)
        ]
        return pq.ParquetWriter(
            self._target.part,
            batch.schema,
            use_dictionary=repeating,
            compression={name: "snappy" if name in repeating else "none" for name in batch.schema.names},
            write_statistics=False,
            store_schema=False,
        )

    def _flush(self) -> None:
        import pyarrow as pa

        table = pa.Table.from_batches(self._waiting)
        self._writer.write_table(table.unify_dictionaries(), row_group_size=max(GROUP_ROWS, table.num_rows))
        self._waiting, self._rows = [], 0


def _repeats(column: Any) -> bool:
    """Whether few different values stand at the start of a column."""
    import pyarrow as pa

    start = column.slice(0, SAMPLE)
    return bool(pa.types.is_dictionary(column.type) or len(start.unique()) <= len(start) // 8)
