"""The dataset that comes with xlplugin, and the same with a user's tables merged in."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from xlplugin.data.dataset import Dataset
from xlplugin.data.files import assumptions_of, figures_of, scenarios_of
from xlplugin.files.csv_text import parse_csv
from xlplugin.files.reading import read_table
from xlplugin.model.errors import InputError

FILES = ("companies.csv", "assumptions.csv", "scenarios.csv")


@cache
def shipped() -> Dataset:
    """Return the dataset that comes with xlplugin."""
    texts = [shipped_bytes(name).decode("utf-8") for name in FILES]
    companies, assumptions, scenarios = (
        parse_csv(text, name) for text, name in zip(texts, FILES, strict=True)
    )
    empty = Dataset({}, {}, {})
    dataset = empty.merged(figures=figures_of(companies))
    dataset = dataset.merged(assumptions=assumptions_of(assumptions, dataset))
    return dataset.merged(scenarios=scenarios_of(scenarios, dataset))


def shipped_bytes(name: str) -> bytes:
    """Return the content of one of the data files that come with xlplugin."""
    return (resources.files("xlplugin") / "data" / name).read_bytes()


def extended(
    companies: Any = None, assumptions: Any = None, scenarios: Any = None, decimal: str | None = None
) -> Dataset:
    """Return the shipped dataset with a user's tables (a path, a frame or rows) merged in.

    ``decimal`` is the decimal sign of texts in all of them; None: as each table shows it.
    """
    if decimal not in (None, ".", ","):
        raise InputError.wrong("decimal", decimal, "choose one", ". or ,")
    dataset = shipped()
    if companies is not None:
        dataset = dataset.merged(figures=figures_of(read_table(companies, decimal=decimal)))
    if assumptions is not None:
        table = read_table(assumptions, decimal=decimal)
        dataset = dataset.merged(assumptions=assumptions_of(table, dataset))
    if scenarios is not None:
        dataset = dataset.merged(scenarios=scenarios_of(read_table(scenarios, decimal=decimal), dataset))
    return dataset
