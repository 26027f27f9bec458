"""forward.py PORT PIDFILE ADDRESS: forwards a loopback port to sshd at an address in the network namespace of a process."""
import ctypes
import os
import socket
import sys
import threading

CLONE_NEWNET = 0x40000000


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass    # closed by the other side


def serve(near, address):
    with near:
        try:
            far = socket.create_connection((address, 22), 10)
        except OSError:
            return
        with far:
            far.settimeout(None)
            back = threading.Thread(target=pump, args=(far, near), daemon=True)
            back.start()
            pump(near, far)
            back.join()


def main(port, pidfile, address):
    listening = socket.create_server(("127.0.0.1", int(port)))
    # Sockets created after setns are in the guest's network; the listening socket stays in this one.
    with open(pidfile) as pid, open("/proc/%d/ns/net" % int(pid.read())) as network:
        if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), CLONE_NEWNET):
            sys.exit("setns: " + os.strerror(ctypes.get_errno()))
    while True:
        threading.Thread(target=serve, args=(listening.accept()[0], address), daemon=True).start()


main(*sys.argv[1:])
