-- For those on call: how each client stands, what is held, what was warned about.

-- One row a client, kept by the trigger below in the transaction of its request row: its last visit, when it last
-- went well, and how often in a row it has failed since. So no answer of `status` or of "is it due" depends on how
-- long the logs are, or on whether they were pruned.
CREATE TABLE APP_CLIENT (
	JobType INTEGER NOT NULL,
	ClientId TEXT NOT NULL,
	GroupId TEXT NOT NULL DEFAULT '0',
	RunId INTEGER NOT NULL,
	StartedAt TEXT NOT NULL,
	Status TEXT NOT NULL,
	HttpStatus INTEGER,
	DurationMs INTEGER NOT NULL,
	Received INTEGER NOT NULL,
	Processed INTEGER NOT NULL,
	Duplicates INTEGER NOT NULL,
	Errors INTEGER NOT NULL,
	Parked INTEGER NOT NULL,
	Acked INTEGER NOT NULL,
	Owed INTEGER NOT NULL,
	Message TEXT,
	LastSuccessAt TEXT, -- StartedAt of the last visit that was ok or degraded
	Failures INTEGER NOT NULL DEFAULT 0, -- visits in a row that failed; a stopped one neither counts nor ends the row
	PRIMARY KEY (JobType, ClientId, GroupId)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER APP_REQUEST_LOG_Client AFTER INSERT ON APP_REQUEST_LOG BEGIN
	INSERT INTO APP_CLIENT (JobType, ClientId, GroupId, RunId, StartedAt, Status, HttpStatus, DurationMs, Received,
		Processed, Duplicates, Errors, Parked, Acked, Owed, Message, LastSuccessAt, Failures)
	VALUES (new.JobType, new.ClientId, new.GroupId, new.RunId, new.StartedAt, new.Status, new.HttpStatus,
		new.DurationMs, new.Received, new.Processed, new.Duplicates, new.Errors, new.Parked, new.Acked, new.Owed,
		new.Message, CASE WHEN new.Status = 'ok' OR new.Status = 'degraded' THEN new.StartedAt END,
		new.Status = 'failed')
	ON CONFLICT DO UPDATE SET RunId = excluded.RunId, StartedAt = excluded.StartedAt, Status = excluded.Status,
		HttpStatus = excluded.HttpStatus, DurationMs = excluded.DurationMs, Received = excluded.Received,
		Processed = excluded.Processed, Duplicates = excluded.Duplicates, Errors = excluded.Errors,
		Parked = excluded.Parked, Acked = excluded.Acked, Owed = excluded.Owed, Message = excluded.Message,
		LastSuccessAt = coalesce(excluded.LastSuccessAt, LastSuccessAt),
		Failures = CASE excluded.Status WHEN 'failed' THEN Failures + 1 WHEN 'stopped' THEN Failures ELSE 0 END;
END;

INSERT INTO APP_CLIENT (JobType, ClientId, GroupId, RunId, StartedAt, Status, HttpStatus, DurationMs, Received,
	Processed, Duplicates, Errors, Parked, Acked, Owed, Message, LastSuccessAt, Failures)
SELECT l.JobType, l.ClientId, l.GroupId, l.RunId, l.StartedAt, l.Status, l.HttpStatus, l.DurationMs, l.Received,
	l.Processed, l.Duplicates, l.Errors, l.Parked, l.Acked, l.Owed, l.Message, s.At,
	(SELECT count(*) FROM APP_REQUEST_LOG f
		WHERE f.JobType = l.JobType AND f.ClientId = l.ClientId AND f.GroupId = l.GroupId AND f.Status = 'failed'
		AND f.Id > coalesce(s.Id, 0))
FROM (SELECT max(Id) AS Id FROM APP_REQUEST_LOG GROUP BY JobType, ClientId, GroupId) AS newest
JOIN APP_REQUEST_LOG l USING (Id)
LEFT JOIN (SELECT max(Id) AS Id, StartedAt AS At, JobType, ClientId, GroupId FROM APP_REQUEST_LOG
	WHERE Status IN ('ok', 'degraded') GROUP BY JobType, ClientId, GroupId) AS s
	ON s.JobType = l.JobType AND s.ClientId = l.ClientId AND s.GroupId = l.GroupId;

-- What it answered stands in APP_CLIENT now.
DROP INDEX APP_REQUEST_LOG_Success;

-- A job on hold (ClientId and GroupId ''), or a client paused: no run begins, or visits it, until the row is gone.
CREATE TABLE APP_HOLD (
	JobType INTEGER NOT NULL,
	ClientId TEXT NOT NULL DEFAULT '',
	GroupId TEXT NOT NULL DEFAULT '',
	Reason TEXT NOT NULL,
	HeldAt TEXT NOT NULL,
	UserId INTEGER,
	PRIMARY KEY (JobType, ClientId, GroupId)
) STRICT, WITHOUT ROWID;

-- What was warned about; open while ResolvedAt is null. ClientId and GroupId are '' for an alert of the job's own.
CREATE TABLE APP_ALERT (
	AlertId INTEGER PRIMARY KEY AUTOINCREMENT,
	JobType INTEGER NOT NULL,
	ClientId TEXT NOT NULL DEFAULT '',
	GroupId TEXT NOT NULL DEFAULT '',
	Kind TEXT NOT NULL, -- see lib/store/alerts.h
	Message TEXT NOT NULL, -- as it was when it was last seen
	RunId INTEGER, -- the run that opened it; null: `watch` did
	OpenedAt TEXT NOT NULL,
	RemindedAt TEXT NOT NULL, -- when it was last told of
	ResolvedAt TEXT
) STRICT;
CREATE UNIQUE INDEX APP_ALERT_Open ON APP_ALERT (JobType, ClientId, GroupId, Kind) WHERE ResolvedAt IS NULL;

-- What holds for all jobs, such as 'Notify'.
CREATE TABLE APP_SETTING (
	Name TEXT NOT NULL PRIMARY KEY,
	Definition TEXT NOT NULL
) STRICT;

-- When the stage was entered, and by whom it was advanced against the rule, if it was.
ALTER TABLE APP_JOB_TYPE ADD COLUMN StageAt TEXT;
ALTER TABLE APP_JOB_TYPE ADD COLUMN StageNote TEXT;

-- One item's errors, one client's errors.
CREATE INDEX APP_EXCEPTION_LOG_Item ON APP_EXCEPTION_LOG (JobType, ClientId, GroupId, ItemId);

-- State stands in it, so that parked items are counted without looking each up.
DROP INDEX APP_ITEM_Held;
CREATE INDEX APP_ITEM_Held ON APP_ITEM (JobType, State, ClientId, GroupId, ItemId, ItemVersion, IdQuoted)
	WHERE State = 'failed' OR State = 'parked';

PRAGMA user_version = 2;
