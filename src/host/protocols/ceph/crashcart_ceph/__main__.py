"""Entry of the librados session."""

import os
import queue
import sys
import threading

from crashcart_ceph.session import serve


def main() -> None:
    lines = queue.Queue()  # type: queue.Queue[str]
    session = threading.Thread(target=serve, args=(lines,), daemon=True)
    session.start()
    for line in iter(sys.stdin.readline, ""):
        lines.put(line)
        if not session.is_alive():
            break
    os._exit(0)


main()
