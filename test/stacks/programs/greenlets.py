"""Green threads of eventlet that wait: three for a lock, two asleep, one for an event. Prints a line when they do."""

import eventlet
from eventlet import event, semaphore

lock, happened = semaphore.Semaphore(1), event.Event()
lock.acquire()


def locked():
    with lock:
        pass


def fetch():
    eventlet.sleep(1000)


def parse():
    fetch()


def wait():
    happened.wait()


for work in (locked, locked, locked, parse, parse, wait):
    eventlet.spawn(work)
eventlet.spawn_after(0.3, lambda: print("ready", flush=True))
eventlet.sleep(1000)
