"""Requests of the session and their handlers."""

import json
import sys
import threading

from crashcart_openstack.cloud import Cloud
from crashcart_openstack.credentials import found
from crashcart_openstack.logs import errors, story
from crashcart_openstack.replies import Failed, failure, send

MYPY = False
if MYPY:
    from typing import Any

clouds = {}  # type: dict[str, Cloud]
turn = threading.Lock()


def answer(asked: str) -> "Any":
    kind, _, rest = asked.partition(" ")
    if asked == "credentials":
        return {"found": found()}
    if asked == "errors":
        return errors()
    if kind == "story":
        return story(rest)
    if kind == "cloud":
        with turn:
            if rest not in clouds:
                clouds.clear()
                clouds[rest] = Cloud(rest)
            return clouds[rest].read()
    raise Failed("failed", "request not allowed: " + asked)


def one(number: int, asked: str) -> None:
    try:
        send(id=number, body=answer(asked))
    except Exception as error:
        known = failure(error)
        send(id=number, why=known.why, text=str(known))


def serve() -> None:
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        threading.Thread(target=one, args=(request["id"], request["ask"]), daemon=True).start()
