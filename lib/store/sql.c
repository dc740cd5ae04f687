#include "store/sql_parts.h"

#include <stddef.h>

#include "base/bounds.h"

#define TEXT_OF(bound) TEXT_OF_IT(bound)
#define TEXT_OF_IT(bound) #bound

#define ALERT_COLUMNS                                                                               \
	"SELECT a.AlertId, a.JobType, coalesce(a.RunId, 0), j.Name, a.ClientId, a.GroupId, a.Kind," \
	" a.Message, a.OpenedAt, a.RemindedAt, a.ResolvedAt FROM APP_ALERT a LEFT JOIN APP_JOB_TYPE j USING (JobType)"

/* A page of one job's ledger, in the order of its key: behind ?2 to ?6, up to ?7 to ?11; and what of it may go. */
#define ITEM_KEY "(ClientId, GroupId, ItemId, ItemVersion, IdQuoted)"
#define WHERE_PAGE "JobType = ?1 AND " ITEM_KEY " > (?2, ?3, ?4, ?5, ?6) AND " ITEM_KEY " <= (?7, ?8, ?9, ?10, ?11)"
#define ITEM_MAY_GO "State = 'acked' AND At < ?12"

static const struct sql_statement statements[SQL_COUNT] = {
	[SQL_BEGIN] = { "beginning a transaction", "BEGIN IMMEDIATE" },
	[SQL_BEGIN_READ] = { "beginning to read", "BEGIN" },
	[SQL_COMMIT] = { "committing", "COMMIT" },
	[SQL_ROLLBACK] = { "rolling back", "ROLLBACK" },
	/* FULL, since an ack must not outlive its item; the rest is what sqlite.org/security.html advises. */
	[SQL_SETUP] = { "opening",
	    "PRAGMA synchronous = FULL;"
	    "PRAGMA foreign_keys = ON;"
	    "PRAGMA cell_size_check = ON;"
	    "PRAGMA mmap_size = 0;"
	    "PRAGMA temp_store = MEMORY;"
	    "PRAGMA journal_size_limit = " TEXT_OF(BOUND_LOG_BYTES) },
	[SQL_APPLICATION_ID] = { "reading whose database it is", "PRAGMA application_id" },
	[SQL_USER_VERSION] = { "reading its schema version", "PRAGMA user_version" },
	[SQL_PAGE_SIZE] = { "reading its pages' size", "PRAGMA page_size" },
	[SQL_DATA_VERSION] = { "looking whether others write", "PRAGMA data_version" },
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
	    "SELECT ItemId, ItemVersion, IdQuoted FROM APP_ITEM INDEXED BY APP_ITEM_Owed WHERE " WHERE_CLIENT
	    " AND State = 'applied' AND (ItemId, ItemVersion, IdQuoted) > (?4, ?5, ?6)"
	    " ORDER BY ItemId, ItemVersion, IdQuoted LIMIT ?7" },
	[SQL_LEDGER_FROM] = { "looking through the ledger",
	    "SELECT ItemId, ItemVersion, IdQuoted, State, Attempts, RunId FROM APP_ITEM WHERE " WHERE_CLIENT
	    " AND (ItemId, ItemVersion, IdQuoted) >= (?4, ?5, ?6) ORDER BY ItemId, ItemVersion, IdQuoted" },
	/* The plus keeps this off APP_ITEM_Owed: to walk an index that it changes, SQLite makes a list first. */
	[SQL_LEDGER_ACKED] = { "marking items acknowledged",
	    "UPDATE APP_ITEM SET State = 'acked', At = ?7 WHERE " WHERE_CLIENT
	    " AND (ItemId, ItemVersion, IdQuoted) >= (?4, ?5, ?6) AND (ItemId, ItemVersion, IdQuoted) <= (?8, ?9, ?10)"
	    " AND +State = 'applied'" },
	[SQL_LEDGER_OWE] = { "marking an item owed again",
	    "UPDATE APP_ITEM SET State = 'applied' WHERE " WHERE_ITEM " AND State = 'acked'" },
	[SQL_LEDGER_COUNT_OWED] = { "counting what is owed",
	    "SELECT count(*) FROM APP_ITEM INDEXED BY APP_ITEM_Owed WHERE State = 'applied' AND " WHERE_CLIENT },

	/* Those that a row holds, in the order in which it holds them: all but virtual generated ones. */
	[SQL_TABLE_COLUMNS] = { "reading the platform's tables",
	    "SELECT t.name, c.name, c.pk FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c"
	    " WHERE t.type = 'table' AND upper(substr(t.name, 1, 4)) <> 'APP_' AND substr(t.name, 1, 7) <> 'sqlite_'"
	    " AND c.hidden IN (0, 3) ORDER BY t.name, c.cid" },
	[SQL_SEEN_INIT] = { "making a dry run's memory",
	    "CREATE TEMP TABLE SEEN (JobType, ClientId, GroupId, ItemId, ItemVersion, IdQuoted,"
	    " PRIMARY KEY (JobType, ClientId, GroupId, ItemId, ItemVersion, IdQuoted)) WITHOUT ROWID" },
	[SQL_SEEN_ADD] = { "remembering an item in a dry run",
	    "INSERT OR IGNORE INTO temp.SEEN VALUES (?1, ?2, ?3, ?4, ?5, ?6)" },
	[SQL_SEEN_FIND] = { "looking an item up in a dry run", "SELECT 1 FROM temp.SEEN WHERE " WHERE_ITEM },

	[SQL_RUN_HEAL] = { "closing runs that died",
	    "UPDATE APP_JOB_RUN SET Status = 'crashed', FinishedAt = ?2 WHERE JobType = ?1 AND Status = 'running'" },
	[SQL_RUN_IS_OPEN] = { "looking for a run that died",
	    "SELECT 1 FROM APP_JOB_RUN WHERE RunId = ?1 AND JobType = ?2 AND Status = 'running'" },
	/* Since something became of the item, in whatever version: a run that came through it speaks for it. */
	[SQL_RUN_DEATHS] = { "counting the runs that died in an item's rules",
	    "SELECT count(*) FROM APP_EXCEPTION_LOG INDEXED BY APP_EXCEPTION_LOG_Item WHERE " WHERE_CLIENT
	    " AND ItemId = ?4 AND Code = 'rule_crash' AND RunId >"
	    " (SELECT coalesce(max(RunId), 0) FROM APP_ITEM WHERE " WHERE_CLIENT " AND ItemId = ?4)" },
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
	    "SELECT JobType, Version, Name, Definition, Rules, Stage, InstalledAt, coalesce(StageAt, InstalledAt), StageNote"
	    " FROM APP_JOB_TYPE WHERE JobType = ?1 OR Name = ?2 ORDER BY JobType IS ?1 DESC LIMIT 1" },
	[SQL_JOB_RIVAL] = { "reading the job types",
	    "SELECT JobType, Name FROM APP_JOB_TYPE WHERE (JobType = ?1) <> (Name = ?2) LIMIT 1" },
	/* The first of a gap, or of all: 1, or one above a number that is in use. */
	[SQL_JOB_FREE] = { "looking for a number that no job type has",
	    "WITH used (JobType) AS (SELECT JobType FROM APP_JOB_TYPE UNION SELECT JobType FROM APP_JOB_CONFIG)"
	    " SELECT min(n) FROM (SELECT 1 AS n UNION ALL SELECT JobType + 1 FROM used WHERE JobType > 0)"
	    " WHERE n NOT IN (SELECT JobType FROM used)" },
	[SQL_JOB_PUT] = { "installing a job type",
	    "INSERT INTO APP_JOB_TYPE (JobType, Name, Definition, Rules, Stage, InstalledAt, StageAt)"
	    " VALUES (?1, ?2, ?3, ?4, coalesce(?5, 'full'), ?6, ?6)"
	    " ON CONFLICT (JobType) DO UPDATE SET Definition = excluded.Definition, Rules = excluded.Rules,"
	    " InstalledAt = excluded.InstalledAt, Version = Version + 1"
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
	    " ELSE 'malformed' END, Configuration FROM APP_JOB_CONFIG WHERE Id = ?1" },
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
	    "SELECT t.JobType, t.Name, t.Version, t.Stage, t.InstalledAt, h.Reason FROM APP_JOB_TYPE t"
	    " LEFT JOIN APP_HOLD h ON h.JobType = t.JobType AND h.ClientId = '' ORDER BY t.JobType" },
	[SQL_LIST_KEYS] = { "listing job keys",
	    "SELECT KeyId, Jobs, Label, CreatedAt, ExpiresAt, RevokedAt, LastUsedAt FROM APP_JOB_KEY ORDER BY KeyId" },
	[SQL_LIST_CONFIGURED] = { "listing who has clients",
	    "SELECT DISTINCT c.JobType, j.Name FROM APP_JOB_CONFIG c LEFT JOIN APP_JOB_TYPE j USING (JobType)"
	    " ORDER BY c.JobType" },
	[SQL_LIST_HOLDS] = { "listing what is held",
	    "SELECT h.JobType, coalesce(j.Name, h.JobType), h.ClientId, h.GroupId, h.Reason FROM APP_HOLD h"
	    " LEFT JOIN APP_JOB_TYPE j USING (JobType) ORDER BY h.JobType, h.ClientId, h.GroupId" },

	[SQL_HOLD_FIND] = { "looking for a hold", "SELECT 1 FROM APP_HOLD WHERE " WHERE_CLIENT },
	[SQL_HOLD_PUT] = { "holding a job or a client",
	    "INSERT INTO APP_HOLD (JobType, ClientId, GroupId, Reason, HeldAt, UserId) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
	    " ON CONFLICT DO UPDATE SET Reason = excluded.Reason, UserId = excluded.UserId" },
	[SQL_HOLD_REMOVE] = { "releasing a job or a client", "DELETE FROM APP_HOLD WHERE " WHERE_CLIENT },
	/* The primary key's order: a job's own hold comes first, since its client is ''. */
	[SQL_HOLD_ALL] = { "reading the holds",
	    "SELECT ClientId, GroupId, Reason, HeldAt, UserId FROM APP_HOLD WHERE JobType = ?1"
	    " ORDER BY ClientId, GroupId" },
	[SQL_JOB_STAGE] = { "changing a job type's stage",
	    "UPDATE APP_JOB_TYPE SET Stage = ?2, StageAt = ?3, StageNote = ?4 WHERE JobType = ?1" },
	[SQL_JOB_STAGE_ANEW] = { "choosing a job type's stage",
	    "UPDATE APP_JOB_TYPE SET Stage = ?2, StageAt = ?3 WHERE JobType = ?1 AND Stage <> ?2 AND StageNote IS NULL"
	    " AND NOT EXISTS (SELECT 1 FROM APP_CLIENT c WHERE c.JobType = ?1)" },
	/* The run's start counts too: a run that was under way when ?4 came was still another version's. */
	[SQL_REQUEST_CYCLES] = { "reading a client's last visits",
	    "SELECT l.RunId, l.StartedAt, l.Status, l.Received, l.Processed, l.Errors"
	    " FROM APP_REQUEST_LOG l JOIN APP_JOB_RUN r USING (RunId)"
	    " WHERE l.JobType = ?1 AND l.ClientId = ?2 AND l.GroupId = ?3 AND l.StartedAt > ?4 AND r.StartedAt > ?4"
	    " ORDER BY l.StartedAt DESC, l.Id DESC LIMIT ?5" },

	[SQL_STANDING_JOBS] = { "reading the job types",
	    "SELECT t.JobType, coalesce(j.Version, 0), j.Name, j.Stage, j.Definition"
	    " FROM (SELECT JobType FROM APP_JOB_TYPE UNION SELECT JobType FROM APP_JOB_CONFIG) t"
	    " LEFT JOIN APP_JOB_TYPE j USING (JobType) WHERE ?1 = 0 OR t.JobType = ?1 ORDER BY t.JobType" },
	[SQL_STANDING_CLIENTS] = { "reading how the clients stand",
	    "SELECT ClientId, GroupId, RunId, StartedAt, Status, Message, LastSuccessAt, coalesce(HttpStatus, 0), DurationMs,"
	    " Failures, Received, Processed, Duplicates, Errors, Parked, Acked, Owed FROM APP_CLIENT WHERE JobType = ?1"
	    " ORDER BY ClientId, GroupId" },
	/* Each part walks its own rows of one small index, and no others: ?2 is whether to count what is owed. */
	[SQL_STANDING_ITEMS] = { "counting the items that wait",
	    "SELECT ClientId, GroupId, sum(Owed), sum(Parked), sum(Failed) FROM"
	    " (SELECT ClientId, GroupId, count(*) AS Owed, 0 AS Parked, 0 AS Failed FROM APP_ITEM INDEXED BY APP_ITEM_Owed"
	    " WHERE State = 'applied' AND JobType = ?1 AND ?2 GROUP BY ClientId, GroupId UNION ALL"
	    " SELECT ClientId, GroupId, 0, count(*), 0 FROM APP_ITEM INDEXED BY APP_ITEM_Held"
	    " WHERE State = 'parked' AND JobType = ?1 GROUP BY ClientId, GroupId UNION ALL"
	    " SELECT ClientId, GroupId, 0, 0, count(*) FROM APP_ITEM INDEXED BY APP_ITEM_Held"
	    " WHERE State = 'failed' AND JobType = ?1 GROUP BY ClientId, GroupId)"
	    " GROUP BY ClientId, GroupId ORDER BY ClientId, GroupId" },
	[SQL_STANDING_RUN] = { "reading the last run",
	    "SELECT RunId, StartedAt, FinishedAt, Status, ExitCode, Pid, Clients, Skipped, DurationMs, Received, Processed,"
	    " Duplicates, Errors, Parked, Acked, Owed FROM APP_JOB_RUN WHERE JobType = ?1 ORDER BY RunId DESC LIMIT 1" },
	[SQL_STANDING_FINISHED] = { "reading the last run that ended",
	    "SELECT RunId, StartedAt, FinishedAt, Status, ExitCode, Pid, Clients, Skipped, DurationMs, Received, Processed,"
	    " Duplicates, Errors, Parked, Acked, Owed FROM APP_JOB_RUN WHERE JobType = ?1 AND Status <> 'running'"
	    " ORDER BY RunId DESC LIMIT 1" },
	[SQL_STANDING_RUNNING] = { "reading whether a run is under way",
	    "SELECT 1 FROM APP_JOB_RUN WHERE RunId = ?1 AND Status = 'running'" },
	[SQL_STANDING_SUCCESS] = { "reading the last run that went well",
	    "SELECT StartedAt FROM APP_JOB_RUN WHERE JobType = ?1 AND Status IN ('ok', 'degraded')"
	    " ORDER BY RunId DESC LIMIT 1" },
	[SQL_STANDING_ALERTS] = { "counting the open alerts",
	    "SELECT count(*) FROM APP_ALERT WHERE JobType = ?1 AND ResolvedAt IS NULL" },

	[SQL_SETTING_GET] = { "reading a setting", "SELECT Definition FROM APP_SETTING WHERE Name = ?1" },
	[SQL_SETTING_SET] = { "storing a setting",
	    "INSERT INTO APP_SETTING (Name, Definition) VALUES (?1, ?2)"
	    " ON CONFLICT (Name) DO UPDATE SET Definition = excluded.Definition" },
	[SQL_SETTING_REMOVE] = { "removing a setting", "DELETE FROM APP_SETTING WHERE Name = ?1" },

	[SQL_HEALTH_QUICK_CHECK] = { "checking the database's integrity", "PRAGMA quick_check(1)" },
	[SQL_HEALTH_ORPHANS] = { "looking for rows of runs that are gone",
	    "SELECT (SELECT count(*) FROM pragma_foreign_key_check('APP_REQUEST_LOG'))"
	    " + (SELECT count(*) FROM pragma_foreign_key_check('APP_EXCEPTION_LOG'))" },

	[SQL_ALERT_ALL_OPEN] = { "reading the open alerts",
	    ALERT_COLUMNS " WHERE a.JobType = ?1 AND a.ResolvedAt IS NULL ORDER BY a.ClientId, a.GroupId, a.Kind" },
	[SQL_ALERT_LIST] = { "listing the alerts",
	    ALERT_COLUMNS
	    " WHERE (?1 = 0 OR a.JobType = ?1) AND (?2 IS NULL OR a.ClientId IN (SELECT value FROM json_each(?2)))"
	    " AND (?3 IS NULL OR a.GroupId = ?3) AND (?4 IS NULL OR a.OpenedAt >= ?4)"
	    " AND (?5 OR a.ResolvedAt IS NULL) ORDER BY a.ResolvedAt IS NOT NULL, a.AlertId DESC LIMIT ?6" },
	[SQL_ALERT_OPEN] = { "opening an alert",
	    "INSERT INTO APP_ALERT (JobType, ClientId, GroupId, Kind, Message, RunId, OpenedAt, RemindedAt)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, nullif(?6, 0), ?7, ?7) ON CONFLICT DO NOTHING" },
	/* ?3 and ?4 are null where it is not that. As RemindedAt was read: of two programs at once, one reminds. */
	[SQL_ALERT_CHANGE] = { "changing an alert",
	    "UPDATE APP_ALERT SET Message = ?2, RemindedAt = coalesce(?3, RemindedAt), ResolvedAt = ?4"
	    " WHERE AlertId = ?1 AND ResolvedAt IS NULL AND (?3 IS NULL OR RemindedAt = ?5)" },
	/* Of a client that had a visit after all, by another entry, there is a row already: one a client a run. */
	[SQL_REQUEST_ADD_UNUSABLE] = { "logging an entry that cannot be used",
	    "INSERT INTO APP_REQUEST_LOG (RunId, JobType, ClientId, GroupId, StartedAt, Status, Message)"
	    " SELECT ?4, ?1, ?2, ?3, ?5, 'failed', ?6 WHERE NOT EXISTS"
	    " (SELECT 1 FROM APP_CLIENT WHERE " WHERE_CLIENT " AND RunId = ?4)" },
	[SQL_RECENT_RUNS] = { "reading the last runs",
	    "SELECT RunId, StartedAt, Status, coalesce(DurationMs, -1) FROM APP_JOB_RUN WHERE JobType = ?1"
	    " ORDER BY RunId DESC LIMIT ?2" },
	[SQL_RECENT_FIRST_VISIT] = { "reading a client's first visit",
	    "SELECT StartedAt FROM APP_REQUEST_LOG WHERE " WHERE_CLIENT " ORDER BY StartedAt LIMIT 1" },
	[SQL_RECENT_OLDEST_OWED] = { "reading since when something is owed",
	    "SELECT min(At) FROM (SELECT At FROM APP_ITEM INDEXED BY APP_ITEM_Owed WHERE State = 'applied'"
	    " AND " WHERE_CLIENT " ORDER BY ItemId, ItemVersion, IdQuoted LIMIT ?4)" },

	/* The ledger is asked for one job type after the other: a seek each, where DISTINCT would read it all. */
	[SQL_PRUNE_JOB] = { "reading which job types left something",
	    "WITH RECURSIVE known (JobType) AS (SELECT min(JobType) FROM APP_ITEM UNION ALL"
	    " SELECT (SELECT min(i.JobType) FROM APP_ITEM i WHERE i.JobType > known.JobType) FROM known"
	    " WHERE known.JobType IS NOT NULL)"
	    " SELECT t.JobType, j.Name FROM (SELECT JobType FROM APP_JOB_RUN UNION SELECT JobType FROM APP_ALERT UNION"
	    " SELECT JobType FROM known WHERE JobType IS NOT NULL) t LEFT JOIN APP_JOB_TYPE j USING (JobType)"
	    " WHERE t.JobType > ?1 ORDER BY t.JobType LIMIT 1" },
	/* The newest run stays, the newest that went well, and where it stands why an item failed that still waits. */
	[SQL_PRUNE_RUNS] = { "looking for old runs",
	    "SELECT RunId FROM APP_JOB_RUN WHERE JobType = ?1 AND RunId > ?2 AND FinishedAt < ?3 AND Status <> 'running'"
	    " AND RunId < (SELECT max(RunId) FROM APP_JOB_RUN WHERE JobType = ?1)"
	    " AND RunId IS NOT (SELECT RunId FROM APP_JOB_RUN WHERE JobType = ?1 AND Status IN ('ok', 'degraded')"
	    " ORDER BY RunId DESC LIMIT 1)"
	    " AND RunId NOT IN (SELECT RunId FROM APP_ITEM INDEXED BY APP_ITEM_Held WHERE JobType = ?1"
	    " AND (State = 'failed' OR State = 'parked')) ORDER BY RunId LIMIT ?4" },
	[SQL_PRUNE_COUNT_RUNS] = { "counting runs", "SELECT count(*) FROM APP_JOB_RUN WHERE JobType = ?1" },
	[SQL_PRUNE_RUN] = { "deleting an old run", "DELETE FROM APP_JOB_RUN WHERE RunId = ?1" },
	[SQL_PRUNE_REQUESTS] = { "deleting an old run's request rows",
	    "DELETE FROM APP_REQUEST_LOG WHERE Id IN (SELECT Id FROM APP_REQUEST_LOG WHERE RunId = ?1 LIMIT ?2)" },
	[SQL_PRUNE_COUNT_REQUESTS] = { "counting an old run's request rows",
	    "SELECT count(*) FROM APP_REQUEST_LOG WHERE RunId = ?1" },
	[SQL_PRUNE_EXCEPTIONS] = { "deleting an old run's errors",
	    "DELETE FROM APP_EXCEPTION_LOG WHERE Id IN (SELECT Id FROM APP_EXCEPTION_LOG WHERE RunId = ?1 LIMIT ?2)" },
	[SQL_PRUNE_COUNT_EXCEPTIONS] = { "counting an old run's errors",
	    "SELECT count(*) FROM APP_EXCEPTION_LOG WHERE RunId = ?1" },
	[SQL_PRUNE_ALERTS] = { "deleting old alerts",
	    "DELETE FROM APP_ALERT WHERE AlertId IN"
	    " (SELECT AlertId FROM APP_ALERT WHERE JobType = ?1 AND ResolvedAt < ?2 LIMIT ?3)" },
	[SQL_PRUNE_COUNT_ALERTS] = { "counting old alerts",
	    "SELECT count(*) FROM APP_ALERT WHERE JobType = ?1 AND ResolvedAt < ?2" },
	[SQL_PRUNE_ITEMS_TO] = { "reading the ledger page by page",
	    "SELECT ClientId, GroupId, ItemId, ItemVersion, IdQuoted FROM APP_ITEM WHERE JobType = ?1"
	    " AND " ITEM_KEY " > (?2, ?3, ?4, ?5, ?6) ORDER BY ClientId, GroupId, ItemId, ItemVersion, IdQuoted"
	    " LIMIT 1 OFFSET ?7" },
	[SQL_PRUNE_COUNT_ITEMS] = { "counting old items",
	    "SELECT count(*), count(*) FILTER (WHERE " ITEM_MAY_GO ") FROM APP_ITEM WHERE " WHERE_PAGE },
	[SQL_PRUNE_ITEMS] = { "deleting old items", "DELETE FROM APP_ITEM WHERE " WHERE_PAGE " AND " ITEM_MAY_GO },

	/* The copy is written whole or not at all, and synced once, by its maker. */
	[SQL_BACKUP_SETUP] = { "opening the copy",
	    "PRAGMA synchronous = OFF;"
	    "PRAGMA journal_mode = MEMORY;"
	    "PRAGMA locking_mode = EXCLUSIVE;"
	    "PRAGMA cell_size_check = ON;"
	    "PRAGMA mmap_size = 0;" },
	[SQL_BACKUP_PLAIN] = { "making the copy one whole file", "PRAGMA journal_mode = DELETE" },
	[SQL_BACKUP_PAGES] = { "counting the copy's pages", "PRAGMA page_count" },

	[SQL_LIST_NEWEST_RUNS] = { "listing the newest runs",
	    "SELECT r.RunId, coalesce(j.Name, r.JobType), r.Status, r.StartedAt FROM APP_JOB_RUN r"
	    " LEFT JOIN APP_JOB_TYPE j USING (JobType) ORDER BY r.RunId DESC LIMIT 50" },
};

static const struct sql_statement *
statement(enum sql_id id)
{
	return statements[id].text != NULL ? &statements[id] : &sql_lists[id];
}

const char *
sql_text(enum sql_id id)
{
	return statement(id)->text;
}

const char *
sql_what(enum sql_id id)
{
	return statement(id)->what;
}
