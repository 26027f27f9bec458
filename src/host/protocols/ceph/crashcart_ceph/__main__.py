"""One librados session with a Ceph cluster: requests as lines of JSON on stdin, replies as a line of JSON and a body on
stdout. It only reads; its commands are listed here and again on the side that starts it. It writes nothing to disk, opens
no listening socket, and exits when stdin ends, whatever librados hangs on.
"""

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
