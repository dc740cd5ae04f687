#!/usr/bin/env python3
"""record_at_a_time.py DB URL IN-FLIGHT CLIENTS.JSON: the flow as it is usually first written.

Clients in parallel, each with a connection to the database of its own; a record is a transaction. Acks go out by the
500 after a client's last record, which such a flow seldom has: that is to its advantage here.
"""
import json
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor

from sync import ACK, ACKED, ERROR, FAILED, OWED, Fetcher, Rejected, apply_record, connect


def one(db, client, record):
    who = (client["ClientId"], client["GroupId"])
    try:
        db.execute("BEGIN IMMEDIATE")
        apply_record(db, *who, record)
        db.execute("COMMIT")
    except (Rejected, sqlite3.IntegrityError) as why:
        db.execute("ROLLBACK")
        db.execute("BEGIN IMMEDIATE")
        db.execute(FAILED, (*who, record["id"]))
        db.execute(ERROR, (*who, record["id"], str(why)))
        db.execute("COMMIT")


def sync(path, url, client):
    db = connect(path)
    fetcher = Fetcher(url, None, None)
    who = (client["ClientId"], client["GroupId"])
    query = f"clientId={who[0]}&groupId={who[1]}"
    for record in json.loads(fetcher.request("GET", f"{client['Route']}?{query}")):
        one(db, client, record)
    ids = [row[0] for row in db.execute(OWED, who)]
    for at in range(0, len(ids), ACK):
        body = {"clientId": who[0], "groupId": who[1], "ids": ids[at : at + ACK]}
        fetcher.request("POST", f"{client['Route']}/ack", json.dumps(body))
    db.execute(ACKED, who)
    fetcher.http.close()
    db.close()


def main():
    path, url, in_flight, clients_file = sys.argv[1:]
    with open(clients_file, encoding="utf-8") as file:
        clients = json.load(file)
    with ThreadPoolExecutor(int(in_flight)) as pool:
        for done in [pool.submit(sync, path, url, client) for client in clients]:
            done.result()


if __name__ == "__main__":
    main()
