"""Entry of the librados session."""

import os
import queue
import sys
import threading

from crashcart_ceph.session import serve

lines = queue.Queue()
session = threading.Thread(target=serve, args=(lines,), daemon=True)
session.start()
for line in iter(sys.stdin.readline, ""):
    lines.put(line)
    if not session.is_alive():
        break
os._exit(0)
