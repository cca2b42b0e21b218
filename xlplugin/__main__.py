"""Entry of the command line, kept light: ``--version`` answers before anything else is imported."""

import gc
import sys


def main() -> None:
    """Run the ``xlplugin`` command."""
    if sys.argv[1:] == ["--version"]:
        from xlplugin.model.version import __version__

        print(f"xlplugin {__version__}")
        return
    from xlplugin.cli import main as run

    gc.set_threshold(100_000, 20, 20)  # a workbook is many objects that live: looked through less often
    run()


if __name__ == "__main__":
    main()
