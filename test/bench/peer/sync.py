#!/usr/bin/env python3
"""sync.py DB URL IN-FLIGHT CLIENTS.JSON: the sync in Python's standard library alone.

As many threads as may be in flight fetch and acknowledge, each over a connection that it keeps. One writer owns the
database: a transaction holds a thousand records, of several clients where one has fewer, and each record is in a
savepoint of its own. A client is acknowledged when all of it is committed.
"""
import http.client
import json
import queue
import sqlite3
import sys
import threading
from urllib.parse import urlsplit

BATCH = 1000
ACK = 500

LEDGER = """INSERT INTO sync_ledger (client, grp, id, state, attempts, at) VALUES (?, ?, ?, 'applied', 0, datetime())
    ON CONFLICT DO UPDATE SET state = 'applied', at = excluded.at WHERE state = 'failed'"""
UPDATE = """UPDATE record SET status = 'COMPLETED', completed_at = ?, reported_by = ?, updated_at = ?
    WHERE id = ? AND client_id = ? AND group_id = ?"""
TRIGGER = "INSERT INTO workflow_trigger (record_id, kind, created_at, run_id) VALUES (?, 'COMPLETED', datetime(), 1)"
CLEAR = "DELETE FROM pending_item WHERE record_id = ?"
FAILED = """INSERT INTO sync_ledger (client, grp, id, state, attempts, at) VALUES (?, ?, ?, 'failed', 1, datetime())
    ON CONFLICT DO UPDATE SET state = 'failed', attempts = attempts + 1, at = excluded.at"""
ERROR = "INSERT INTO sync_error (at, client, grp, id, message) VALUES (datetime(), ?, ?, ?, ?)"
OWED = "SELECT id FROM sync_ledger WHERE client = ? AND grp = ? AND state = 'applied'"
ACKED = "UPDATE sync_ledger SET state = 'acked' WHERE client = ? AND grp = ? AND state = 'applied'"


class Rejected(Exception):
    pass


class Work:
    """Something for the writer: records to apply, or a client to mark. done is set when it is committed."""

    def __init__(self, client, records=None):
        self.client, self.group = client["ClientId"], client["GroupId"]
        self.records = records
        self.owed = []
        self.error = None
        self.done = threading.Event()


def connect(path):
    db = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False, cached_statements=64)
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA cache_size = -65536")
    return db


def apply_record(db, client, group, record):
    """One record, in the transaction that is open."""
    execute = db.execute
    key = record["id"]
    if execute(LEDGER, (client, group, key)).rowcount == 0:
        return
    if record.get("status") != "COMPLETED":
        raise Rejected(f"its status is {record.get('status', 'missing')}, not COMPLETED")
    fields = (record.get("completedAt"), record.get("reportedBy"), record.get("updatedAt"), key, client, group)
    if execute(UPDATE, fields).rowcount == 0:
        raise Rejected(f"no such record: {key}")
    execute(TRIGGER, (key,))
    execute(CLEAR, (key,))


def apply_isolated(db, client, group, record):
    db.execute("SAVEPOINT record")
    try:
        apply_record(db, client, group, record)
    except (Rejected, sqlite3.IntegrityError) as why:
        db.execute("ROLLBACK TO record")
        db.execute(FAILED, (client, group, record["id"]))
        db.execute(ERROR, (client, group, record["id"], str(why)))
    db.execute("RELEASE record")


class Writer(threading.Thread):
    def __init__(self, path):
        super().__init__(daemon=True)
        self.db = connect(path)
        self.queue = queue.Queue(64)

    def batch(self):
        """What is there, up to a thousand records: at least one piece of work."""
        batch = [self.queue.get()]
        n = len(batch[0].records or ())
        while n < BATCH and batch[-1] is not None:
            try:
                batch.append(self.queue.get_nowait())
            except queue.Empty:
                break
            if batch[-1] is not None:
                n += len(batch[-1].records or ())
        return batch

    def run(self):
        over = False
        while not over:
            batch = self.batch()
            if batch[-1] is None:
                over = True
                batch.pop()
            try:
                self.write(batch)
            except Exception as why:  # whoever waits for it is told
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                for work in batch:
                    work.error = why
            for work in batch:
                work.done.set()
        self.db.close()

    def write(self, batch):
        self.db.execute("BEGIN IMMEDIATE")
        for work in batch:
            if work.records is None:
                self.db.execute(ACKED, (work.client, work.group))
                continue
            for record in work.records:
                apply_isolated(self.db, work.client, work.group, record)
        self.db.execute("COMMIT")
        for work in batch:
            if work.records == []:
                work.owed = [row[0] for row in self.db.execute(OWED, (work.client, work.group))]


class Fetcher(threading.Thread):
    def __init__(self, url, clients, writer):
        super().__init__()
        self.http = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self.clients, self.writer = clients, writer
        self.failed = 0

    def request(self, method, path, body=None):
        headers = {"Content-Type": "application/json"} if body else {}
        self.http.request(method, path, body, headers)
        answer = self.http.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise http.client.HTTPException(f"{method} {path}: {answer.status}")
        return content

    def hand_over(self, works):
        for work in works:
            self.writer.queue.put(work)
        for work in works:
            work.done.wait()
            if work.error is not None:
                raise work.error

    def sync(self, client):
        who = f"clientId={client['ClientId']}&groupId={client['GroupId']}"
        records = json.loads(self.request("GET", f"{client['Route']}?{who}"))
        works = [Work(client, records[at : at + BATCH]) for at in range(0, len(records), BATCH)]
        # Behind them an empty one, which tells what is owed.
        works.append(Work(client, []))
        self.hand_over(works)
        ids = works[-1].owed
        for at in range(0, len(ids), ACK):
            body = {"clientId": client["ClientId"], "groupId": client["GroupId"], "ids": ids[at : at + ACK]}
            self.request("POST", f"{client['Route']}/ack", json.dumps(body))
        self.hand_over([Work(client)])

    def run(self):
        while True:
            try:
                client = self.clients.get_nowait()
            except queue.Empty:
                break
            try:
                self.sync(client)
            except Exception as why:  # a client's failure is its own
                print(f"client {client['ClientId']}: {why}", file=sys.stderr)
                self.failed += 1
                self.http.close()
        self.http.close()


def main():
    path, url, in_flight, clients_file = sys.argv[1:]
    clients = queue.SimpleQueue()
    with open(clients_file, encoding="utf-8") as file:
        for client in json.load(file):
            clients.put(client)
    writer = Writer(path)
    writer.start()
    fetchers = [Fetcher(url, clients, writer) for _ in range(int(in_flight))]
    for fetcher in fetchers:
        fetcher.start()
    for fetcher in fetchers:
        fetcher.join()
    writer.queue.put(None)
    writer.join()
    sys.exit(1 if any(fetcher.failed for fetcher in fetchers) else 0)


if __name__ == "__main__":
    main()
