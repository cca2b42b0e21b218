"""Functions, in workbooks for a host: live calls beside native results."""
