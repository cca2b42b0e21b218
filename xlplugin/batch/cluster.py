"""Runs on a Dask cluster: part files written by its workers, and Dask dataframes run lazily."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from xlplugin.batch.parts import Cut, Done, write_part
from xlplugin.files.tables import header_name
from xlplugin.model.errors import InputError, required
from xlplugin.model.messages import message

#: How often a part is tried again after its worker was lost.
RETRIES = 3
#: Seconds to wait for the scheduler.
PATIENCE = 10


def parts_on_cluster(cut: Cut, parts: Sequence[int], address: str) -> Iterator[Done]:
    """Yield each part as a worker has written it, in the order in which they are done.

    A part whose worker was lost is written again by another under the same name, so nothing is
    twice and nothing missing. Raises InputError where no scheduler answers.
    """
    distributed = required("distributed", "distributed", "dask", "a run on a Dask cluster")
    try:
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        fix = "start one (dask scheduler), or check the address"
        raise InputError.of_file(
            address, message("no Dask scheduler answers ({kind})", kind=type(error).__name__), fix
        ) from None
    with client:
        shared = client.scatter(cut, broadcast=False, hash=False)
        futures = [
            client.submit(
                write_part, shared, part, 1, pure=False, retries=RETRIES, key=f"{cut.folder.name}-{part:06d}"
            )
            for part in parts
        ]
        try:
            for future in distributed.as_completed(futures, loop=client.loop):
                yield future.result()
        finally:
            client.cancel(futures, force=True)


def run_lazily(run: Callable[..., Any], frame: Any, companies: Any = None, **options: Any) -> Any:
    """Return a Dask dataframe of results: columns and types are known, nothing is computed yet.

    ``run`` is how one partition is run: :func:`xlplugin.run`.

    Rows without a scenario label are numbered from 1 over all partitions, as in memory.
    """
    import pandas as pd

    dd = required("dask.dataframe", "dask", "dask", "a run on a Dask dataframe")
    from dask.delayed import delayed

    meta = _run_part(run, frame._meta, companies, options, 0)
    meta = pd.DataFrame(meta).iloc[:0]
    numbered = "scenario" in {header_name(name) for name in frame.columns}
    parts = frame.to_delayed()
    run_part = delayed(_run_part, pure=True)
    starts: list[Any] = [0]
    for part in parts[:-1]:
        starts.append(0 if numbered else delayed(int.__add__)(starts[-1], delayed(len)(part)))
    placed = zip(parts, starts, strict=True)
    results = [run_part(run, part, companies, options, at, meta.dtypes) for part, at in placed]
    return dd.from_delayed(results, meta=meta, verify_meta=False)


def _run_part(
    run: Callable[..., Any],
    part: Any,
    companies: Any,
    options: dict[str, Any],
    start: int,
    dtypes: Any = None,
) -> Any:
    import pandas as pd

    if start and "scenario" not in {header_name(name) for name in part.columns}:
        part = part.assign(scenario=[str(start + i + 1) for i in range(len(part))])
    result = pd.DataFrame(run(part, companies, **options))
    if dtypes is not None:
        result = result.astype({name: kind for name, kind in dtypes.items() if result[name].dtype != kind})
    return result
