"""Collector of crashcart: reads files, starts read-only commands and dials sockets on this host for an engineer's console.
It writes nothing to disk and ends when its stdin closes.
"""

import os
import signal

from crashcart_collector.loop import Loop

signal.signal(signal.SIGPIPE, signal.SIG_IGN)
try:
    Loop().run()
except (BrokenPipeError, ConnectionResetError):
    os._exit(0)
