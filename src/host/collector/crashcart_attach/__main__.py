"""Entry of the terminal of an engineer on the host."""

from crashcart_attach.front import Front

Front().run()
