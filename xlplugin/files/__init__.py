"""Files at the border: small tables read, cell errors found, whole files put in place, text made safe."""
