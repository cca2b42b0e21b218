"""LibreOffice Calc: an add-in (.oxt) whose functions stand in the function wizard."""
