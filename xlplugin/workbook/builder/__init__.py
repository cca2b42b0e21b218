"""What every sheet is built with: cells, styles, names, charts, columns of the model, words."""
