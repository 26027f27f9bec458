"""Official driver of MongoDB: `fill` writes documents and an oplog, `hello` prints what the server replies to it."""

import json
import sys

import pymongo

client = pymongo.MongoClient("127.0.0.1", int(sys.argv[1]), directConnection=True, serverSelectionTimeoutMS=5000)
if sys.argv[2] == "fill":
    client.shop.orders.insert_many([{"number": number, "card": "4711"} for number in range(100)])
    client.local.create_collection("oplog.rs", capped=True, size=1 << 20)
    # FerretDB adds an entry for each write where this collection is there.
    client.shop.orders.insert_one({"number": 100})
print(json.dumps(client.admin.command("hello"), default=str))
