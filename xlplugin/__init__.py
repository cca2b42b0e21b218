"""xlplugin: what cheaper AI models do to a company's margins, in Python and in the spreadsheet."""

__version__ = "0.1.0"
