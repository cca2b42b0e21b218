"""The model's lines as a straight-line program over blocks of arrays.

``program`` runs it; ``code`` makes it: ``graph`` traces the lines, ``layout`` gives every result a
register, ``operations`` are the NumPy calls; ``blocks`` are the threads.
"""
