"""Runs on a Dask cluster: a scheduler and workers as processes of their own on loopback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from batch_cases import leftovers
from command_line import xlplugin

import xlplugin as package
from xlplugin.batch import cluster as runs_on_clusters
from xlplugin.cli import main
from xlplugin.model.errors import InputError

pytestmark = pytest.mark.slow

dask = pytest.importorskip("dask.dataframe", reason="dask is not installed")
pytest.importorskip("distributed", reason="distributed is not installed")


class Cluster:
    """A scheduler on a free port and workers, each a process; ended by process id."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes, self.workers = folder, [], []  # type: ignore[var-annotated]
        self.log = folder / "scheduler.log"
        arguments = ["dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show"]
        self._start(arguments, self.log)
        self.address = self._found(r"tcp://127\.0\.0\.1:\d+")

    def worker(self) -> subprocess.Popen[bytes]:
        """Start one more worker, without a nanny that would start it again."""
        name = f"worker{len(self.workers)}"
        arguments = [
            "dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", name,
            "--local-directory", str(self.folder / name),
        ]  # fmt: skip
        self.workers.append(self._start(arguments, self.folder / f"{name}.log"))
        return self.workers[-1]

    def stop(self) -> None:
        """End every process."""
        for process in reversed(self.processes):
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, arguments: list[str], log: Path) -> subprocess.Popen[bytes]:
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{arguments[0]}", *arguments[1:]],
                stdout=file,
                stderr=file,
                cwd=self.folder,
            )
        self.processes.append(process)
        return process

    def _found(self, pattern: str) -> str:
        for _ in range(1200):
            if found := re.search(pattern, self.log.read_text()):
                return found[0]
            assert self.processes[0].poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    found = Cluster(folder)
    yield found
    found.stop()


def test_a_lost_worker_loses_and_doubles_nothing(cluster: Cluster, tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text(
        'lines = ["eps", "gross_margin"]\n[levers]\ncost_reduction = { from = 0, to = 0.9, count = 400 }\n'
        "adoption = { from = 0, to = 1, count = 500 }\n"
    )
    run = ["run", study, "--company", "CRM", "--company", "NVDA"]
    assert xlplugin(*run, "-o", tmp_path / "whole.parquet").returncode == 0
    victim = cluster.worker()
    cluster.worker()
    folder = tmp_path / "parts"
    arguments = [*run, "-o", f"{folder}/", "--part-rows", 4000, "--dask", cluster.address]
    process = subprocess.Popen(
        [sys.executable, "-m", "xlplugin", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    journal = folder / "_journal.jsonl"
    while not (journal.exists() and journal.read_text().count('"part"') >= 3):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    os.kill(victim.pid, signal.SIGKILL)
    lost_at = journal.read_text().count('"part"')
    said, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    assert lost_at < 50
    assert "Wrote 400,000 results of 200,000 rows" in said
    assert len(list(folder.glob("part-*.parquet"))) == 50
    assert pq.read_table(folder).equals(pq.read_table(tmp_path / "whole.parquet"))
    assert not leftovers(folder)


def test_no_scheduler_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runs_on_clusters, "PATIENCE", 0.5)
    with pytest.raises(SystemExit) as ended:
        main(["run", "--scenario", "half", "-o", f"{tmp_path}/parts/", "--dask", "tcp://127.0.0.1:9"])
    said = capfd.readouterr().err
    assert ended.value.code == 2
    assert "no Dask scheduler answers" in said.splitlines()[-1]
    assert "Traceback" not in said


def frame(rows: int = 500) -> pd.DataFrame:
    draw = np.random.default_rng(5)
    companies = draw.choice(["Salesforce", "NVIDIA", "Microsoft"], rows)
    return pd.DataFrame(
        {
            "company": companies,
            "cost_reduction": draw.uniform(0, 0.9, rows),
            "mine": np.arange(rows),
            "adoption": draw.uniform(0, 1, rows),
        }
    )


def test_a_dask_frame_is_lazy_and_equals_the_frame_in_memory() -> None:
    whole = frame()
    lazy = package.run(dask.from_pandas(whole, npartitions=7), lines=["eps", "gross_margin"])
    expected = pd.DataFrame(package.run(whole, lines=["eps", "gross_margin"]))
    assert list(lazy.columns) == list(expected.columns)
    assert lazy.dtypes.to_dict() == expected.dtypes.to_dict()
    assert lazy.npartitions == 7
    found = lazy.compute(scheduler="threads")
    pd.testing.assert_frame_equal(found.reset_index(drop=True), expected, check_exact=True)
    assert found["scenario"].tolist() == [str(i + 1) for i in range(500)]


def test_nothing_is_computed_before_it_is_asked_for() -> None:
    whole = frame(20)
    whole["cost_reduction"] = 30.0
    lazy = package.run(dask.from_pandas(whole, npartitions=2), lines=["eps"])
    with pytest.raises(InputError, match="cost_reduction is 30"):
        lazy.compute(scheduler="synchronous")
    kept = package.run(dask.from_pandas(whole, npartitions=2), lines=["eps"], errors="keep").compute(
        scheduler="synchronous"
    )
    assert kept["fault"].notna().all()


def test_a_dask_frame_on_workers(cluster: Cluster) -> None:
    import distributed

    cluster.worker()
    whole = frame(60)
    with distributed.Client(cluster.address, set_as_default=False, timeout=60) as client:
        lazy = package.run(dask.from_pandas(whole, npartitions=3), ["Salesforce"], lines=["eps"])
        found = client.compute(lazy).result(timeout=120)
    assert found["eps"].tolist() == package.run(whole, lines=["eps"])["eps"].tolist()
