"""Entry of the collector."""

import os
import signal

from crashcart_collector.loop import Loop

signal.signal(signal.SIGPIPE, signal.SIG_IGN)
try:
    Loop().run()
except (BrokenPipeError, ConnectionResetError):
    os._exit(0)
