"""Where scenario rows come from."""
