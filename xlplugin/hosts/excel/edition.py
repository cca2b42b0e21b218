"""The template for Excel for Windows: a macro workbook, and its VBA module beside it."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

from xlplugin.hosts.excel import vba
from xlplugin.hosts.excel.macro_workbook import with_macros
from xlplugin.hosts.excel.ribbon import with_ribbon
from xlplugin.hosts.records import HOSTS
from xlplugin.model.errors import InputError
from xlplugin.workbook.package import save
from xlplugin.workbook.template import build_template, checked_target, writable


def write(path: str | os.PathLike[str], *, force: bool = False, **options: Any) -> Path:
    """Write both files and return the workbook's path; see :func:`xlplugin.write_template`."""
    workbook_ending, module_ending = HOSTS["excel"].endings
    target = checked_target(path, force, workbook_ending)
    module = target.with_suffix(module_ending)
    if module.exists() and not force:
        fix = "it may hold code of yours: choose another name, or force (--force)"
        raise InputError.of_file(module, "exists", fix)
    build = with_macros(build_template(**options))
    with writable(path):
        save(build, target, partial(with_ribbon, language=build.language))
        vba.write(module)
    return target
