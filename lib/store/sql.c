#include "store/sql.h"

/* One client's items, and one item among them: the ledger's key from its left. */
#define WHERE_CLIENT "JobType = ?1 AND ClientId = ?2 AND GroupId = ?3"
#define WHERE_ITEM WHERE_CLIENT " AND ItemId = ?4 AND ItemVersion = ?5 AND IdQuoted = ?6"

static const struct {
	const char *what, *text;
} statements[SQL_COUNT] = {
	[SQL_BEGIN] = { "beginning a transaction", "BEGIN IMMEDIATE" },
	[SQL_COMMIT] = { "committing", "COMMIT" },
	[SQL_ROLLBACK] = { "rolling back", "ROLLBACK" },
	/* FULL, since an ack must not outlive its item; the rest is what sqlite.org/security.html advises. */
	[SQL_SETUP] = { "opening",
	    "PRAGMA synchronous = FULL;"
	    "PRAGMA foreign_keys = ON;"
	    "PRAGMA cell_size_check = ON;"
	    "PRAGMA mmap_size = 0;"
	    "PRAGMA temp_store = MEMORY;" },
	[SQL_APPLICATION_ID] = { "reading whose database it is", "PRAGMA application_id" },
	[SQL_USER_VERSION] = { "reading its schema version", "PRAGMA user_version" },
	[SQL_JOURNAL_MODE] = { "reading its journal mode", "PRAGMA journal_mode" },
	[SQL_JOURNAL_WAL] = { "switching to a write-ahead log", "PRAGMA journal_mode = WAL" },

	[SQL_LEDGER_FIND] = { "looking an item up in the ledger",
	    "SELECT State, Attempts, RunId FROM APP_ITEM WHERE " WHERE_ITEM },
	[SQL_LEDGER_PUT] = { "writing an item to the ledger",
	    "INSERT INTO APP_ITEM (JobType, ClientId, GroupId, ItemId, ItemVersion, IdQuoted, State, Attempts, RunId, At)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
	    " ON CONFLICT DO UPDATE SET State = excluded.State, Attempts = excluded.Attempts, RunId = excluded.RunId,"
	    " At = excluded.At" },
	/* INDEXED BY: left alone, the planner takes the primary key and walks through all that was ever acked. */
	[SQL_LEDGER_OWED] = { "reading what is owed",
	    "SELECT ItemId, ItemVersion, IdQuoted FROM APP_ITEM INDEXED BY APP_ITEM_Owed"
	    " WHERE State = 'applied' AND " WHERE_CLIENT " AND (ItemId, ItemVersion, IdQuoted) > (?4, ?5, ?6)"
	    " ORDER BY ItemId, ItemVersion, IdQuoted LIMIT ?7" },
	/* The plus keeps this off APP_ITEM_Owed: to walk an index that it changes, SQLite makes a list first. */
	[SQL_LEDGER_ACKED] = { "marking an item acknowledged",
	    "UPDATE APP_ITEM SET State = 'acked', At = ?7 WHERE " WHERE_ITEM " AND +State = 'applied'" },
	[SQL_LEDGER_OWE] = { "marking an item owed again",
	    "UPDATE APP_ITEM SET State = 'applied' WHERE " WHERE_ITEM " AND State = 'acked'" },
	[SQL_LEDGER_COUNT_OWED] = { "counting what is owed",
	    "SELECT count(*) FROM APP_ITEM INDEXED BY APP_ITEM_Owed WHERE State = 'applied' AND " WHERE_CLIENT },

	[SQL_SEEN_INIT] = { "making a dry run's memory",
	    "CREATE TEMP TABLE SEEN (JobType, ClientId, GroupId, ItemId, ItemVersion, IdQuoted,"
	    " PRIMARY KEY (JobType, ClientId, GroupId, ItemId, ItemVersion, IdQuoted)) WITHOUT ROWID" },
	[SQL_SEEN_ADD] = { "remembering an item in a dry run",
	    "INSERT OR IGNORE INTO temp.SEEN VALUES (?1, ?2, ?3, ?4, ?5, ?6)" },
	[SQL_SEEN_FIND] = { "looking an item up in a dry run", "SELECT 1 FROM temp.SEEN WHERE " WHERE_ITEM },

	[SQL_RUN_HEAL] = { "closing runs that died",
	    "UPDATE APP_JOB_RUN SET Status = 'crashed', FinishedAt = ?2 WHERE JobType = ?1 AND Status = 'running'" },
	[SQL_RUN_BEGIN] = { "logging the run's start",
	    "INSERT INTO APP_JOB_RUN (JobType, StartedAt, Status, Host, Pid, KeyId, UserId)"
	    " VALUES (?1, ?2, 'running', ?3, ?4, nullif(?5, 0), ?6)" },
	[SQL_RUN_END] = { "logging the run's end",
	    "UPDATE APP_JOB_RUN SET FinishedAt = ?2, Status = ?3, ExitCode = ?4, Clients = ?5, Skipped = ?6,"
	    " DurationMs = ?7, Received = ?8, Processed = ?9, Duplicates = ?10, Errors = ?11, Parked = ?12, Acked = ?13,"
	    " Owed = ?14 WHERE RunId = ?1" },
	[SQL_REQUEST_ADD] = { "logging a client's visit",
	    "INSERT INTO APP_REQUEST_LOG (RunId, JobType, ClientId, GroupId, StartedAt, DurationMs, Status, HttpStatus,"
	    " Requests, Bytes, Message, Received, Processed, Duplicates, Errors, Parked, Acked, Owed)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif(?8, 0), ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)" },
	[SQL_REQUEST_LAST_SUCCESS] = { "reading when a client last went well",
	    "SELECT LastSuccessAt FROM APP_CLIENT WHERE " WHERE_CLIENT " AND LastSuccessAt IS NOT NULL" },
	[SQL_EXCEPTION_ADD] = { "logging an error",
	    "INSERT INTO APP_EXCEPTION_LOG (RunId, JobType, At, ClientId, GroupId, ItemId, Stage, Code, Message, Attempt)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)" },

	[SQL_SYSTEM_GET] = { "reading an external system",
	    "SELECT Definition FROM APP_EXTERNAL_SYSTEM WHERE Name = ?1" },
	[SQL_SYSTEM_SET] = { "storing an external system",
	    "INSERT INTO APP_EXTERNAL_SYSTEM (Name, Definition) VALUES (?1, ?2)"
	    " ON CONFLICT (Name) DO UPDATE SET Definition = excluded.Definition" },
	/* Should a name consist of digits, the number goes before it. */
	[SQL_JOB_GET] = { "reading a job type",
	    "SELECT JobType, Version, Name, Definition, Rules, Stage, InstalledAt FROM APP_JOB_TYPE"
	    " WHERE JobType = ?1 OR Name = ?2 ORDER BY JobType IS ?1 DESC LIMIT 1" },
	[SQL_JOB_RIVAL] = { "reading the job types",
	    "SELECT JobType, Name FROM APP_JOB_TYPE WHERE (JobType = ?1) <> (Name = ?2) LIMIT 1" },
	[SQL_JOB_PUT] = { "installing a job type",
	    "INSERT INTO APP_JOB_TYPE (JobType, Name, Definition, Rules, Stage, InstalledAt)"
	    " VALUES (?1, ?2, ?3, ?4, coalesce(?5, 'full'), ?6)"
	    " ON CONFLICT (JobType) DO UPDATE SET Definition = excluded.Definition, Rules = excluded.Rules,"
	    " Stage = coalesce(?5, Stage), InstalledAt = excluded.InstalledAt, Version = Version + 1"
	    " RETURNING Version" },
	[SQL_CONFIG_ROWS] = { "reading the clients",
	    "SELECT Id, coalesce(Route, ''), Configuration, CreatedByUserId FROM APP_JOB_CONFIG WHERE JobType = ?1"
	    " ORDER BY Id" },
	[SQL_CONFIG_ADD] = { "adding a client",
	    "INSERT INTO APP_JOB_CONFIG (JobType, Route, Configuration, CreatedByUserId)"
	    " VALUES (?1, ?2, '[' || ?3 || ']', ?4)" },
	/* SQLite's JSON functions edit text: what they do not touch keeps its digits and escapes. */
	[SQL_CONFIG_ENTRY] = { "reading a client",
	    "SELECT CASE WHEN json_valid(Configuration) THEN coalesce(json_type(Configuration, '$[' || ?2 || ']'), 'none')"
	    " ELSE 'malformed' END FROM APP_JOB_CONFIG WHERE Id = ?1" },
	[SQL_CONFIG_ENABLE] = { "changing a client",
	    "UPDATE APP_JOB_CONFIG SET Configuration ="
	    " json_set(Configuration, '$[' || ?2 || '].Enabled', json(iif(?3, 'true', 'false'))) WHERE Id = ?1" },
	[SQL_CONFIG_REMOVE] = { "removing a client",
	    "UPDATE APP_JOB_CONFIG SET Configuration = json_remove(Configuration, '$[' || ?2 || ']') WHERE Id = ?1" },
	[SQL_CONFIG_DROP_EMPTY] = { "removing a client",
	    "DELETE FROM APP_JOB_CONFIG WHERE Id = ?1 AND json_array_length(Configuration) = 0" },

	[SQL_KEY_ADD] = { "storing a job key",
	    "INSERT INTO APP_JOB_KEY (Hash, Jobs, Label, ExpiresAt, CreatedAt) VALUES (?1, ?2, coalesce(?3, ''), ?4, ?5)" },
	[SQL_KEY_GET] = { "reading a job key", "SELECT RevokedAt FROM APP_JOB_KEY WHERE KeyId = ?1" },
	[SQL_KEY_REVOKE] = { "revoking a job key",
	    "UPDATE APP_JOB_KEY SET RevokedAt = coalesce(RevokedAt, ?2) WHERE KeyId = ?1" },
	[SQL_KEY_ALL] = { "reading the job keys",
	    "SELECT KeyId, Hash, Jobs, ExpiresAt, RevokedAt FROM APP_JOB_KEY ORDER BY KeyId" },
	[SQL_KEY_USED] = { "marking a job key used", "UPDATE APP_JOB_KEY SET LastUsedAt = ?2 WHERE KeyId = ?1" },

	[SQL_LIST_SYSTEMS] = { "listing external systems",
	    "SELECT Name, Definition FROM APP_EXTERNAL_SYSTEM ORDER BY Name" },
	[SQL_LIST_JOBS] = { "listing job types",
	    "SELECT JobType, Name, Version, Stage, InstalledAt FROM APP_JOB_TYPE ORDER BY JobType" },
	[SQL_LIST_KEYS] = { "listing job keys",
	    "SELECT KeyId, Jobs, Label, CreatedAt, ExpiresAt, RevokedAt, LastUsedAt FROM APP_JOB_KEY ORDER BY KeyId" },
	[SQL_LIST_CONFIGURED] = { "listing who has clients",
	    "SELECT DISTINCT c.JobType, j.Name FROM APP_JOB_CONFIG c LEFT JOIN APP_JOB_TYPE j USING (JobType)"
	    " ORDER BY c.JobType" },
};

const char *
sql_text(enum sql_id id)
{
	return statements[id].text;
}

const char *
sql_what(enum sql_id id)
{
	return statements[id].what;
}
