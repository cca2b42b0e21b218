"""verify finds every tampered figure, diff says what changed; study files; results in a notebook."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command_line import xlplugin

import xlplugin as package
from xlplugin.batch.checks.differences import diff
from xlplugin.batch.checks.verification import verify
from xlplugin.batch.job import job
from xlplugin.model.errors import InputError

pytestmark = pytest.mark.slow


def tampered(path: Path, row: int, column: str, value: float) -> None:
    table = pq.read_table(path)
    figures = table[column].to_pylist()
    figures[row] = value
    place = table.schema.get_field_index(column)
    pq.write_table(
        table.set_column(place, column, pa.array(figures)).replace_schema_metadata(
            pq.ParquetFile(path).metadata.metadata
        ),
        path,
    )


def test_a_tampered_figure_is_found_at_its_row(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    job(["half"]).to(str(path))
    assert verify(path).equal
    before = pq.read_table(path)["eps"].to_pylist()[2]
    tampered(path, 2, "eps", before * (1 + 1e-11))
    verdict = verify(path, sample=None)
    assert [(one.row, one.company, one.column) for one in verdict.differences] == [(3, "Microsoft", "eps")]
    ran = xlplugin("verify", path)
    assert (ran.returncode, "row 3." in ran.stdout) == (1, True)
    tampered(path, 2, "eps", before * (1 + 1e-14))
    assert verify(path).equal


def test_an_input_that_changed_or_went_is_said(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("company,cost_reduction\nCRM,0.3\n")
    job(str(source)).to(str(out))
    source.write_text("company,cost_reduction\nCRM,0.4\n")
    with pytest.raises(InputError, match="has changed since this run"):
        verify(out)
    source.unlink()
    verdict = verify(out)
    assert verdict.equal and "run again from the inputs in the output itself" in verdict.notes[0]
    with pytest.raises(InputError, match="has no manifest"):
        other = tmp_path / "other.csv"
        other.write_text("company,eps\nCRM,1\n")
        verify(other)


#: What happened to the output after its run, and what verify must say of it.
RESIZED = {
    "cut in the middle": (lambda whole: whole[: len(whole) // 2], 5, "cut off: {size:,} bytes, its manifest says {recorded:,}"),
    "cut by one byte": (lambda whole: whole[:-1], 5, "cut off: {size:,} bytes, its manifest says {recorded:,}"),
    "written on": (lambda whole: whole + whole[-40:], 5, "longer: {size:,} bytes, its manifest says {recorded:,}"),
    "of the run before": (lambda whole: whole[:-1], -5, "the file is older than its manifest: a run was ended between the two; run it again"),
}  # fmt: skip


@pytest.mark.parametrize("case", RESIZED)
def test_the_size_of_an_output_is_looked_at_first(case: str, tmp_path: Path) -> None:
    resized, later, says = RESIZED[case]
    out = tmp_path / "out.csv"
    job(["half", "price_war"]).to(str(out))
    whole = out.read_bytes()
    out.write_bytes(resized(whole))
    written = (tmp_path / "out.csv.json").stat().st_mtime
    os.utime(out, (written + later, written + later))
    ran = xlplugin("verify", out)
    told = " ".join((ran.stdout + ran.stderr).split())
    assert says.format(size=out.stat().st_size, recorded=len(whole)) in told
    assert (ran.returncode, "Traceback" in told) == (1 if later > 0 else 2, False)


def test_an_output_of_the_same_size_is_compared_figure_by_figure(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    (tmp_path / "in.csv").write_text("company,cost_reduction\nCRM,0.3\n")
    job(str(tmp_path / "in.csv"), lines=["eps"]).to(str(out))
    assert verify(out).equal and not verify(out).notes
    text = out.read_text()
    figure = next(part for part in text.splitlines()[1].split(",") if part.count(".") == 1 and len(part) > 12)
    out.write_text(text.replace(figure, figure.replace(".", ".9", 1)[: len(figure)]))
    assert [one.column for one in verify(out).differences] == ["eps"]
    assert not verify(out).notes


def test_diff_is_in_basis_points_largest_first(tmp_path: Path) -> None:
    for name, year in (("a", None), ("b", "article")):
        job(["half"], ["Salesforce", "Microsoft", "NVIDIA"], fiscal_year=year).to(
            str(tmp_path / f"{name}.csv")
        )
    a, b = (
        package.run(["half"], ["Salesforce", "Microsoft", "NVIDIA"], fiscal_year=y) for y in (None, "article")
    )
    by_hand = (b["gross_margin"] - a["gross_margin"]) * 10_000
    found = diff(tmp_path / "a.csv", tmp_path / "b.csv", ["gross_margin"])
    order = by_hand.abs().sort_values(ascending=False).index
    assert found["company"].tolist() == a["company"][order].tolist()
    assert found["gross_margin_bp"].to_numpy() == pytest.approx(by_hand[order].to_numpy(), rel=1e-9)
    ran = xlplugin("diff", tmp_path / "a.csv", tmp_path / "b.csv", "--json")
    assert (ran.returncode, len(json.loads(ran.stdout))) == (1, 3)
    same = xlplugin("diff", tmp_path / "a.csv", tmp_path / "a.csv")
    assert (same.returncode, same.stdout.strip()) == (0, "No margin differs by company and scenario.")


def test_pairs_of_one_run_alone_are_named() -> None:
    found = diff(package.run(["half"], ["CRM", "NVDA"]), package.run(["half"], ["CRM"]))
    assert found[["company", "only_in"]].to_numpy().tolist() == [["NVIDIA", "a"]]


def study(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text)
    return path


def test_a_grid_is_every_combination_in_order(tmp_path: Path) -> None:
    path = study(
        tmp_path,
        'companies = ["Salesforce"]\nlines = ["effective_reduction"]\n[levers]\n'
        'cost_reduction = { from = 0, to = 0.3, step = 0.1 }\nadoption = ["50%", 1]\n'
        'pass_through = ["low", "base", "high"]\ncredibility = { from = 0, to = 1, count = 5 }\n',
    )
    result = package.run(path)
    expected = [
        (claim, adoption, passed, credibility)
        for claim in (0.0, 0.1, 0.2, 0.3)
        for adoption in (0.5, 1.0)
        for passed in (0.0, 0.2, 0.5)
        for credibility in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    names = ["cost_reduction", "adoption", "pass_through", "credibility"]
    job(str(path)).to(str(tmp_path / "out.parquet"))
    assert result["effective_reduction"].tolist() == pytest.approx(
        [c * a * k for c, a, _, k in expected], abs=1e-15
    )
    full = package.run(path, lines=["eps"])
    assert full[names].to_numpy() == pytest.approx(np.array(expected), abs=1e-12)
    assert len(pq.read_table(tmp_path / "out.parquet")) == len(expected)


def test_zipped_levers_presets_and_own_values(tmp_path: Path) -> None:
    path = study(
        tmp_path,
        'companies = ["CRM"]\nscenarios = ["half", "price_war"]\ncombine = "zip"\nlines = ["eps"]\n'
        "[levers]\nadoption = [0.1, 0.2]\ncredibility = [0.5, 1]\n[own.Salesforce]\nai_revenue_share = 0.02\n",
    )
    result = package.run(path)
    assert result["adoption"].tolist() == [0.1, 0.2, 0.1, 0.2]
    assert result["credibility"].tolist() == [0.5, 1.0, 0.5, 1.0]
    assert result["pass_through"].tolist() == [0.2, 0.2, 1.0, 1.0]
    assert result["scenario"].tolist() == ["half, 1", "half, 2", "price_war, 3", "price_war, 4"]
    assert set(result["ai_revenue_share"]) == {0.02}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[levers\n", "not a TOML file"),
        ("[leverz]\n", "did you mean levers?"),
        ("[levers]\ncost_reductoin = 0.3\n", "did you mean cost_reduction?"),
        ("[levers]\ncost_reduction = 30\n", "enter 30% or 0.3"),
        ("[levers]\ncost_reduction = { from = 0, to = 0.9 }\n", "step"),
        ('combine = "zip"\n[levers]\ncost_reduction = [0, 0.1]\nadoption = [1]\n', "as many values each"),
        ('scenarios = ["price_wars"]\n', "did you mean price_war?"),
        ("", "give a .levers. table"),
    ],
)
def test_faulty_studies(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says):
        package.run(study(tmp_path, text))


def test_results_show_themselves_in_a_notebook() -> None:
    result = package.run(["half"], ["Salesforce"])
    page = result._repr_html_()
    assert "20.3%" in page and "+22.2 bp" in page and "Salesforce" in page
    assert (
        "<script" not in package.run([{"scenario": "<script>", "cost_reduction": 0.3}], ["CRM"])._repr_html_()
    )
    assert type(result[["company"]]) is pd.DataFrame


def test_the_notebook_of_the_docs_runs(project: Path, tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    book = nbformat.read(project / "docs" / "notebook.ipynb", as_version=4)
    nbclient.NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown = "".join(str(output) for cell in book.cells if cell.cell_type == "code" for output in cell.outputs)
    assert "+22.2 bp" in shown and "Equal" in shown
