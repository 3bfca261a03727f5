"""The service held to its own OpenAPI description by schemathesis.

    python benchmarks/description.py DATABASE SCHEMATHESIS [EXAMPLES]

with archdb[serve] installed for that Python; SCHEMATHESIS is the command of an installation of its
own, EXAMPLES how many requests it makes up for each operation beside those of its other phases.
Ends with its status: 0 where no answer is a fault, of another type or status than is described, or
one that a method, a parameter or a body should not have got.

One check is left out: that whatever fits the schema is accepted. A schema does not know the names
of networks, ops and columns, nor which parameters go together.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
import urllib.request

LEFT_OUT = "positive_data_acceptance"


def main(database: str, schemathesis: str, examples: str) -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    start = [sys.executable, "-m", "archdb", "--database", database, "serve", "--quiet"]
    service = subprocess.Popen([*start, "--rate", "0", "--port", str(port)])
    url = f"http://127.0.0.1:{port}/openapi.json"
    try:
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(url).close()
                break
            time.sleep(0.1)
        words = [schemathesis, "run", url, "--exclude-checks", LEFT_OUT, "--seed", "1"]
        return subprocess.run([*words, "--max-examples", examples]).returncode
    finally:
        service.terminate()
        service.wait()


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) == 4 else "10"))
