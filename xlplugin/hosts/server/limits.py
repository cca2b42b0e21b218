"""Every limit of the server, in one place; SECURITY.md quotes them."""

import os

#: Bytes of a request's line and headers, and how many headers it may have.
HEAD_BYTES = 16 * 1024
HEADERS = 64
#: Seconds until a connection's next head is complete, from its start or from its last answer.
HEAD_SECONDS = 10.0
#: Seconds that a connection may stay open and silent after an answer.
IDLE_SECONDS = 5
#: Bytes of a call's body (some 400,000 cells) and seconds until it is complete.
BODY_BYTES = 8 * 1024 * 1024
BODY_SECONDS = 20.0
#: Seconds from a complete head until the answer has been taken, whatever the client does.
ANSWER_SECONDS = 300.0
#: Connections at once; further ones are closed.
CONNECTIONS = 1_000
#: Seconds that open calls get to finish when the server is stopped.
GRACE_SECONDS = 3
#: A call is answered beside the others up to this many bytes, cells and draws; a larger one in a process.
LIGHT_BYTES = 64 * 1024
LIGHT_CELLS = 1_000
LIGHT_DRAWS = 0
#: Cells that a call may bring or ask for, and draws; beyond them the cell shows #NUM!.
CELLS = 2_000_000
DRAWS = 1_000_000
#: Processes for large calls, seconds that one may take there, and bytes of calls that wait for one.
PROCESSES = max(2, min(4, (os.cpu_count() or 2) // 2))
CALL_SECONDS = 120.0
WAITING_BYTES = 64 * 1024 * 1024
