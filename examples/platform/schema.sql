-- A small clinic platform, for the example jobs: records with their workflow, appointments, notifications.
-- It lives in jobrun's database beside the APP_ tables. Running it again changes nothing:
--
--     sqlite3 /var/lib/jobrun/jobrun.db < examples/platform/schema.sql

PRAGMA foreign_keys = ON;

CREATE TABLE IF NOT EXISTS patient (
	id    INTEGER PRIMARY KEY,
	name  TEXT NOT NULL,
	email TEXT
) STRICT;

-- Records. Each belongs to one client of the job, as the job's configuration knows it.
CREATE TABLE IF NOT EXISTS record (
	id            INTEGER PRIMARY KEY, -- the external system's id, too
	client_id     ANY NOT NULL,
	group_id      ANY NOT NULL DEFAULT 0,
	record_number TEXT,
	patient_id    INTEGER REFERENCES patient (id),
	status        TEXT NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'COMPLETED')),
	completed_at  TEXT,
	reported_by   TEXT,
	updated_at    TEXT -- as the external system last said
) STRICT;

-- What the platform's workflow engine picks up, row by row. There is no UNIQUE (record_id, kind), on purpose: that
-- a trigger is there exactly once is jobrun's promise, and here one can see it kept.
CREATE TABLE IF NOT EXISTS workflow_trigger (
	id         INTEGER PRIMARY KEY,
	record_id  INTEGER NOT NULL REFERENCES record (id),
	kind       TEXT NOT NULL,
	created_at TEXT NOT NULL,
	run_id     INTEGER -- the APP_JOB_RUN that brought it
) STRICT;
CREATE INDEX IF NOT EXISTS workflow_trigger_by_record ON workflow_trigger (record_id, kind);

-- What still waits for a record, as the staff's work list shows it.
CREATE TABLE IF NOT EXISTS pending_item (
	record_id INTEGER NOT NULL REFERENCES record (id),
	kind      TEXT NOT NULL,
	PRIMARY KEY (record_id, kind)
) STRICT, WITHOUT ROWID;

-- Scheduling: a slot is a room and a start.
CREATE TABLE IF NOT EXISTS room (
	name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS appointment (
	id            TEXT PRIMARY KEY, -- the external system's id, too
	version       INTEGER NOT NULL,
	room          TEXT NOT NULL REFERENCES room (name),
	start         TEXT NOT NULL,
	minutes       INTEGER NOT NULL CHECK (minutes > 0),
	patient_id    INTEGER NOT NULL REFERENCES patient (id),
	exam_code     TEXT,
	status        TEXT NOT NULL CHECK (status IN ('BOOKED', 'MOVED', 'CANCELLED')),
	cancelled_at  TEXT,
	cancel_reason TEXT
) STRICT;
-- One appointment a slot; a cancelled one leaves it to others.
CREATE UNIQUE INDEX IF NOT EXISTS appointment_slot ON appointment (room, start) WHERE status <> 'CANCELLED';

-- Messages for another program to send. Without an address it is a letter.
CREATE TABLE IF NOT EXISTS notification (
	id             INTEGER PRIMARY KEY,
	patient_id     INTEGER NOT NULL REFERENCES patient (id),
	appointment_id TEXT NOT NULL REFERENCES appointment (id),
	address        TEXT,
	body           TEXT NOT NULL,
	queued_at      TEXT NOT NULL,
	sent_at        TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS notification_by_appointment ON notification (appointment_id);
CREATE INDEX IF NOT EXISTS notification_to_send ON notification (queued_at) WHERE sent_at IS NULL;
