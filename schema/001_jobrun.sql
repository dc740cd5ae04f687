-- jobrun's own tables, beside the platform's in one file. Times are UTC text
-- (2026-11-23T07:00:00.000Z). ClientId and GroupId are text everywhere: an
-- integer stands there by its digits, so that 64 bits and strings live together.

CREATE TABLE APP_EXTERNAL_SYSTEM (
	Name TEXT NOT NULL PRIMARY KEY,
	Definition TEXT NOT NULL
) STRICT;

CREATE TABLE APP_JOB_TYPE (
	JobType INTEGER PRIMARY KEY,
	Name TEXT NOT NULL UNIQUE,
	Definition TEXT NOT NULL,
	Rules TEXT NOT NULL,
	Version INTEGER NOT NULL DEFAULT 1,
	Stage TEXT NOT NULL DEFAULT 'full' CHECK (Stage IN ('pilot', 'full')),
	InstalledAt TEXT NOT NULL
) STRICT;

-- No foreign key: clients may be configured before their job type is installed.
-- No check of the JSON: a bad row is stored, and told as that client's error.
CREATE TABLE APP_JOB_CONFIG (
	Id INTEGER PRIMARY KEY,
	JobType INTEGER NOT NULL,
	Route TEXT DEFAULT '',
	Configuration TEXT NOT NULL,
	CreatedByUserId INTEGER
) STRICT;
CREATE INDEX APP_JOB_CONFIG_JobType ON APP_JOB_CONFIG (JobType);

CREATE TABLE APP_JOB_KEY (
	KeyId INTEGER PRIMARY KEY AUTOINCREMENT,
	Hash BLOB NOT NULL UNIQUE CHECK (length(Hash) = 32), -- SHA-256; the key itself is nowhere
	Jobs TEXT NOT NULL, -- '*', or names and numbers with commas between
	Label TEXT NOT NULL DEFAULT '',
	CreatedAt TEXT NOT NULL,
	ExpiresAt TEXT,
	RevokedAt TEXT,
	LastUsedAt TEXT
) STRICT;

-- AUTOINCREMENT: a run's number names that run for ever, also when its row was pruned.
CREATE TABLE APP_JOB_RUN (
	RunId INTEGER PRIMARY KEY AUTOINCREMENT,
	JobType INTEGER NOT NULL,
	StartedAt TEXT NOT NULL,
	FinishedAt TEXT,
	Status TEXT NOT NULL CHECK (Status IN ('running', 'ok', 'degraded', 'failed', 'stopped', 'crashed')),
	ExitCode INTEGER,
	Host TEXT,
	Pid INTEGER,
	KeyId INTEGER,
	UserId INTEGER,
	Clients INTEGER NOT NULL DEFAULT 0,
	Skipped INTEGER NOT NULL DEFAULT 0,
	Received INTEGER NOT NULL DEFAULT 0,
	Processed INTEGER NOT NULL DEFAULT 0,
	Duplicates INTEGER NOT NULL DEFAULT 0,
	Errors INTEGER NOT NULL DEFAULT 0,
	Parked INTEGER NOT NULL DEFAULT 0,
	Acked INTEGER NOT NULL DEFAULT 0,
	Owed INTEGER NOT NULL DEFAULT 0,
	DurationMs INTEGER
) STRICT;
CREATE INDEX APP_JOB_RUN_JobType ON APP_JOB_RUN (JobType, RunId);
CREATE INDEX APP_JOB_RUN_Running ON APP_JOB_RUN (JobType) WHERE Status = 'running';

-- One row a client a run; it goes when its run goes.
CREATE TABLE APP_REQUEST_LOG (
	Id INTEGER PRIMARY KEY AUTOINCREMENT,
	RunId INTEGER NOT NULL REFERENCES APP_JOB_RUN (RunId) ON DELETE CASCADE,
	JobType INTEGER NOT NULL,
	ClientId TEXT NOT NULL,
	GroupId TEXT NOT NULL DEFAULT '0',
	StartedAt TEXT NOT NULL,
	DurationMs INTEGER NOT NULL DEFAULT 0,
	Status TEXT NOT NULL CHECK (Status IN ('ok', 'degraded', 'failed', 'stopped')),
	HttpStatus INTEGER,
	Requests INTEGER NOT NULL DEFAULT 0,
	Bytes INTEGER NOT NULL DEFAULT 0,
	Received INTEGER NOT NULL DEFAULT 0,
	Processed INTEGER NOT NULL DEFAULT 0,
	Duplicates INTEGER NOT NULL DEFAULT 0,
	Errors INTEGER NOT NULL DEFAULT 0,
	Parked INTEGER NOT NULL DEFAULT 0,
	Acked INTEGER NOT NULL DEFAULT 0,
	Owed INTEGER NOT NULL DEFAULT 0,
	Message TEXT
) STRICT;
CREATE INDEX APP_REQUEST_LOG_RunId ON APP_REQUEST_LOG (RunId);
CREATE INDEX APP_REQUEST_LOG_Client ON APP_REQUEST_LOG (JobType, ClientId, GroupId, StartedAt);
-- "When did it last go well" is asked for every client of every run: one seek, however long it has been failing.
CREATE INDEX APP_REQUEST_LOG_Success ON APP_REQUEST_LOG (JobType, ClientId, GroupId, StartedAt)
	WHERE Status IN ('ok', 'degraded');

-- One row an error. ItemId is null for the client's own; ClientId is '' where not even that is known.
CREATE TABLE APP_EXCEPTION_LOG (
	Id INTEGER PRIMARY KEY AUTOINCREMENT,
	At TEXT NOT NULL,
	RunId INTEGER NOT NULL REFERENCES APP_JOB_RUN (RunId) ON DELETE CASCADE,
	JobType INTEGER NOT NULL,
	ClientId TEXT NOT NULL,
	GroupId TEXT NOT NULL DEFAULT '0',
	ItemId TEXT,
	Stage TEXT NOT NULL CHECK (Stage IN ('config', 'fetch', 'rules', 'ack', 'internal')),
	Code TEXT NOT NULL,
	Message TEXT NOT NULL,
	Attempt INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX APP_EXCEPTION_LOG_RunId ON APP_EXCEPTION_LOG (RunId);
CREATE INDEX APP_EXCEPTION_LOG_At ON APP_EXCEPTION_LOG (At);

-- The ledger. ItemId holds the id's characters, IdQuoted whether it was a JSON string: 7 and "7" are two items.
-- RunId has no foreign key: logs are pruned, the ledger stays.
CREATE TABLE APP_ITEM (
	JobType INTEGER NOT NULL,
	ClientId TEXT NOT NULL,
	GroupId TEXT NOT NULL DEFAULT '0',
	ItemId TEXT NOT NULL,
	ItemVersion TEXT NOT NULL DEFAULT '',
	IdQuoted INTEGER NOT NULL DEFAULT 0 CHECK (IdQuoted IN (0, 1)),
	-- Not IN: for a list of more than two SQLite builds a table at every insert, twice as slow.
	State TEXT NOT NULL CHECK (State = 'applied' OR State = 'acked' OR State = 'failed' OR State = 'parked'),
	Attempts INTEGER NOT NULL DEFAULT 0,
	RunId INTEGER NOT NULL,
	At TEXT NOT NULL,
	PRIMARY KEY (JobType, ClientId, GroupId, ItemId, ItemVersion, IdQuoted)
) STRICT, WITHOUT ROWID;
-- Both stay small, however large the ledger grows: what is owed, and what needs a person. State stands in the first,
-- though it is always the same there, since SQLite would else look each row up in the table to see it.
CREATE INDEX APP_ITEM_Owed ON APP_ITEM (JobType, ClientId, GroupId, ItemId, ItemVersion, IdQuoted, State)
	WHERE State = 'applied';
CREATE INDEX APP_ITEM_Held ON APP_ITEM (JobType, ClientId, GroupId, ItemId, ItemVersion, IdQuoted)
	WHERE State IN ('failed', 'parked');

PRAGMA application_id = 0x6a6f6272; -- "jobr"
PRAGMA user_version = 1;
