"""Environment of the programs that an engineer runs on the host."""

ENV = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
