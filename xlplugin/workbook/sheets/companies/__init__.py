"""Companies: figures and exposures, with own values beside them."""
