/* The statements of the lists of errors and items, which have much in common. */
#include "store/sql_parts.h"

/* What the lists of errors have in common. ?2: a job type, or 0; ?3: a JSON array of clients; ?4: a group. */
#define CHOICE_OF(row)                                                                                               \
	"(?2 = 0 OR " row ".JobType = ?2) AND (?3 IS NULL OR " row ".ClientId IN (SELECT value FROM json_each(?3)))" \
	" AND (?4 IS NULL OR " row ".GroupId = ?4)"
#define ERROR_CHOICE CHOICE_OF("x")
#define CLIENT_CHOICE CHOICE_OF("c")
#define VISIT_CHOICE CHOICE_OF("l")
/* Behind it: by which index. */
#define ERROR_ROWS                                                                                              \
	"SELECT x.At, x.RunId, x.JobType, j.Name, x.ClientId, x.GroupId, x.ItemId, x.Stage, x.Code, x.Message," \
	" x.Attempt FROM APP_EXCEPTION_LOG x INDEXED BY "
#define ERROR_JOB " LEFT JOIN APP_JOB_TYPE j ON j.JobType = x.JobType"
#define ERRORS_OF_CLIENTS                                                                      \
	ERROR_ROWS "APP_EXCEPTION_LOG_Item" ERROR_JOB                                          \
	           " WHERE x.JobType = ?2 AND x.ClientId IN (SELECT value FROM json_each(?3))" \
	           " AND (?4 IS NULL OR x.GroupId = ?4) AND x.At >= ?1"
/* And the lists of items. ?2: a JSON array of clients, ?3: a group, ?4: since when, each NULL for any. */
#define ITEM_COLUMNS                                                                                               \
	"i.ClientId, i.GroupId, i.ItemId, i.ItemVersion, i.IdQuoted, i.State, i.Attempts, i.RunId, i.At, x.Stage," \
	" x.Code, x.Message"
#define LAST_ERROR                                                                                  \
	" LEFT JOIN APP_EXCEPTION_LOG x ON x.Id = (SELECT max(y.Id) FROM APP_EXCEPTION_LOG y WHERE" \
	" y.JobType = i.JobType AND y.ClientId = i.ClientId AND y.GroupId = i.GroupId AND y.ItemId = i.ItemId)"
#define ITEM_OWNERS                                                                          \
	"i.JobType = ?1 AND (?2 IS NULL OR i.ClientId IN (SELECT value FROM json_each(?2)))" \
	" AND (?3 IS NULL OR i.GroupId = ?3)"
#define ITEM_CHOICE ITEM_OWNERS " AND (?4 IS NULL OR i.At >= ?4)"
#define ITEM_ORDER " ORDER BY i.ClientId, i.GroupId, i.ItemId, i.ItemVersion, i.IdQuoted LIMIT ?5"
#define GROUPS_OF(from, self)                                                                                         \
	"SELECT min(t.GroupId) FROM " from " WHERE t.JobType = ?1 AND t.ClientId = ?2 UNION ALL"                      \
	" SELECT (SELECT min(t.GroupId) FROM " from " WHERE t.JobType = ?1 AND t.ClientId = ?2 AND t.GroupId > " self \
	".GroupId) FROM " self " WHERE " self ".GroupId IS NOT NULL"
#define HELD_GROUPS GROUPS_OF("APP_ITEM t", "held")
#define TOLD_GROUPS GROUPS_OF("APP_EXCEPTION_LOG t INDEXED BY APP_EXCEPTION_LOG_Item", "told")
#define NEXT_HELD(state)                                                                                      \
	"SELECT ClientId, GroupId, ItemId, ItemVersion, IdQuoted FROM APP_ITEM INDEXED BY APP_ITEM_Held"      \
	" WHERE State = '" state "' AND JobType = ?1"                                                         \
	" AND (ClientId, GroupId, ItemId, ItemVersion, IdQuoted) > (?2, ?3, ?4, ?5, ?6)"                      \
	" AND (?7 IS NULL OR ClientId = ?7) AND (?8 IS NULL OR GroupId = ?8) AND (?9 IS NULL OR ItemId = ?9)" \
	" ORDER BY ClientId, GroupId, ItemId, ItemVersion, IdQuoted LIMIT 1"
#define NEXT_FAILED NEXT_HELD("failed")
#define NEXT_PARKED NEXT_HELD("parked")

/* The lists of runs and of visits have the same columns. ?1 to ?4 are as above, ?5 is a run, ?6 how many. */
#define TALLY_COLUMNS(row)                                                                                          \
	row ".Received, " row ".Processed, " row ".Duplicates, " row ".Errors, " row ".Parked, " row ".Acked, " row \
	    ".Owed"
#define RUN_TALLY TALLY_COLUMNS("r")
#define VISIT_TALLY TALLY_COLUMNS("l")
#define HISTORY_RUNS                                                                                        \
	"SELECT r.RunId, r.JobType, j.Name, NULL, NULL, r.StartedAt, r.FinishedAt, r.Status, r.Host, NULL," \
	" r.ExitCode, r.Pid, r.KeyId, r.UserId, r.Clients, r.Skipped, NULL, NULL, NULL,"                    \
	" r.DurationMs, " RUN_TALLY " FROM APP_JOB_RUN r"                                                   \
	" LEFT JOIN APP_JOB_TYPE j ON j.JobType = r.JobType"
#define HISTORY_VISITS                                                                                 \
	"SELECT l.RunId, l.JobType, j.Name, l.ClientId, l.GroupId, l.StartedAt, NULL, l.Status, NULL," \
	" l.Message, NULL, NULL, NULL, NULL, NULL, NULL, l.HttpStatus, l.Requests, l.Bytes,"           \
	" l.DurationMs, " VISIT_TALLY " FROM APP_REQUEST_LOG l"                                        \
	" LEFT JOIN APP_JOB_TYPE j ON j.JobType = l.JobType"

const struct sql_statement sql_lists[SQL_COUNT] = {
	[SQL_ERRORS_SINCE] = { "reading the errors",
	    ERROR_ROWS "APP_EXCEPTION_LOG_At" ERROR_JOB " WHERE x.At >= ?1 AND " ERROR_CHOICE
	               " ORDER BY x.At DESC, x.Id DESC LIMIT ?6" },
	[SQL_ERRORS_RUN] = { "reading a run's errors",
	    ERROR_ROWS "APP_EXCEPTION_LOG_RunId" ERROR_JOB " WHERE x.RunId = ?5 AND x.At >= ?1 AND " ERROR_CHOICE
	               " ORDER BY x.Id DESC LIMIT ?6" },
	[SQL_ERRORS_CLIENTS] = { "reading clients' errors", ERRORS_OF_CLIENTS " LIMIT ?6" },
	[SQL_ERRORS_CLIENTS_NEWEST] = { "reading clients' last errors",
	    ERRORS_OF_CLIENTS " ORDER BY x.At DESC, x.Id DESC LIMIT ?6" },
	[SQL_ERRORS_ITEM] = { "reading an item's errors",
	    ERROR_ROWS "APP_EXCEPTION_LOG_Item" ERROR_JOB
	               " WHERE x.JobType = ?1 AND x.ClientId = ?2 AND x.GroupId = ?3 AND x.ItemId = ?4"
	               " ORDER BY x.Id DESC LIMIT ?5" },
	[SQL_ERRORS_RUN_JOB] = { "looking a run up", "SELECT JobType FROM APP_JOB_RUN WHERE RunId = ?1" },
	[SQL_VISITED_SINCE] = { "reading who was visited",
	    "SELECT c.JobType, c.ClientId, c.GroupId, c.RunId FROM APP_CLIENT c"
	    " WHERE c.StartedAt >= ?1 AND " CLIENT_CHOICE },
	[SQL_VISITED_RUN] = { "reading whom a run visited",
	    "SELECT l.JobType, l.ClientId, l.GroupId, l.RunId FROM APP_REQUEST_LOG l INDEXED BY APP_REQUEST_LOG_RunId"
	    " WHERE l.RunId = ?5 AND " VISIT_CHOICE },

	[SQL_ITEMS_PARKED] = { "reading the parked items",
	    "SELECT " ITEM_COLUMNS " FROM APP_ITEM i INDEXED BY APP_ITEM_Held" LAST_ERROR
	    " WHERE i.State = 'parked' AND " ITEM_CHOICE ITEM_ORDER },
	[SQL_ITEMS_FAILED] = { "reading the failed items",
	    "SELECT " ITEM_COLUMNS " FROM APP_ITEM i INDEXED BY APP_ITEM_Held" LAST_ERROR
	    " WHERE i.State = 'failed' AND " ITEM_CHOICE ITEM_ORDER },
	[SQL_ITEMS_APPLIED] = { "reading the owed items",
	    "SELECT " ITEM_COLUMNS " FROM APP_ITEM i INDEXED BY APP_ITEM_Owed" LAST_ERROR
	    " WHERE i.State = 'applied' AND " ITEM_CHOICE ITEM_ORDER },
	/* Of some clients: no index holds these rows alone, and there may be millions. */
	[SQL_ITEMS_ACKED] = { "reading the acknowledged items",
	    "SELECT " ITEM_COLUMNS " FROM APP_ITEM i" LAST_ERROR
	    " WHERE i.State = 'acked' AND i.JobType = ?1 AND i.ClientId IN (SELECT value FROM json_each(?2))"
	    " AND (?3 IS NULL OR i.GroupId = ?3) AND (?4 IS NULL OR i.At >= ?4)" ITEM_ORDER },
	[SQL_ITEMS_COUNT_PARKED] = { "counting the parked items",
	    "SELECT count(*) FROM APP_ITEM i INDEXED BY APP_ITEM_Held WHERE i.State = 'parked' AND " ITEM_OWNERS },
	[SQL_ITEMS_COUNT_FAILED] = { "counting the failed items",
	    "SELECT count(*) FROM APP_ITEM i INDEXED BY APP_ITEM_Held WHERE i.State = 'failed' AND " ITEM_OWNERS },
	[SQL_ITEMS_COUNT_APPLIED] = { "counting the owed items",
	    "SELECT count(*) FROM APP_ITEM i INDEXED BY APP_ITEM_Owed WHERE i.State = 'applied' AND " ITEM_OWNERS },
	[SQL_ITEMS_OF] = { "reading an item",
	    "SELECT " ITEM_COLUMNS " FROM APP_ITEM i" LAST_ERROR
	    " WHERE i.JobType = ?1 AND i.ClientId = ?2 AND i.GroupId = ?3 AND i.ItemId = ?4"
	    " ORDER BY i.ItemVersion, i.IdQuoted" },
	/* From one group to the next: it costs as many steps as there are groups, not as there are items. */
	[SQL_ITEMS_GROUPS] = { "reading the groups of a client",
	    "WITH RECURSIVE held (GroupId) AS (" HELD_GROUPS "), told (GroupId) AS (" TOLD_GROUPS ")"
	    " SELECT GroupId FROM held WHERE GroupId IS NOT NULL AND (?3 IS NULL OR EXISTS (SELECT 1 FROM APP_ITEM i"
	    " WHERE i.JobType = ?1 AND i.ClientId = ?2 AND i.GroupId = held.GroupId AND i.ItemId = ?3)) UNION"
	    " SELECT GroupId FROM told WHERE GroupId IS NOT NULL AND (?3 IS NULL OR EXISTS"
	    " (SELECT 1 FROM APP_EXCEPTION_LOG x WHERE x.JobType = ?1 AND x.ClientId = ?2 AND x.GroupId = told.GroupId"
	    " AND x.ItemId = ?3))" },
	[SQL_ITEM_NEXT_FAILED] = { "looking for failed items", NEXT_FAILED },
	[SQL_ITEM_NEXT_PARKED] = { "looking for parked items", NEXT_PARKED },
	/* The pluses keep this off APP_ITEM_Held, which it changes. */
	[SQL_ITEM_RETRY] = { "letting an item be tried anew",
	    "UPDATE APP_ITEM SET State = 'failed', Attempts = 0, At = ?7 WHERE " WHERE_ITEM
	    " AND (+State = 'parked' OR (+State = 'failed' AND Attempts > 0))" },

	/* In the order in which they were made, and so can be made; a virtual table makes its shadows itself. */
	[SQL_PLATFORM_OBJECTS] = { "reading the platform's tables",
	    "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
	    " AND upper(substr(name, 1, 4)) <> 'APP_' AND substr(name, 1, 7) <> 'sqlite_' AND name NOT IN"
	    " (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow') ORDER BY rowid" },

	[SQL_HISTORY_RUN] = { "reading a run", HISTORY_RUNS " WHERE r.RunId = ?5 AND (?2 = 0 OR r.JobType = ?2)" },
	[SQL_HISTORY_RUNS] = { "reading the runs",
	    HISTORY_RUNS " WHERE r.StartedAt >= ?1 AND (?2 = 0 OR r.JobType = ?2) ORDER BY r.RunId DESC LIMIT ?6" },
	[SQL_HISTORY_VISITS_RUN] = { "reading a run's visits",
	    HISTORY_VISITS " WHERE l.RunId = ?5 AND " VISIT_CHOICE " ORDER BY CASE l.Status WHEN 'failed' THEN 0"
	                   " WHEN 'degraded' THEN 1 WHEN 'stopped' THEN 2 ELSE 3 END, l.Id LIMIT ?6" },
	[SQL_HISTORY_VISITS_CLIENTS] = { "reading a client's visits",
	    HISTORY_VISITS " WHERE l.JobType IN (SELECT DISTINCT JobType FROM APP_CLIENT WHERE ?2 = 0 OR JobType = ?2)"
	                   " AND l.ClientId IN (SELECT value FROM json_each(?3)) AND (?4 IS NULL OR l.GroupId = ?4)"
	                   " AND l.StartedAt >= ?1 ORDER BY l.Id DESC LIMIT ?6" },
	/* From the newest on: the first of a group that was ever visited comes soon. */
	[SQL_HISTORY_VISITS] = { "reading the visits of a group",
	    HISTORY_VISITS " WHERE EXISTS (SELECT 1 FROM APP_CLIENT c WHERE c.GroupId = ?4) AND " VISIT_CHOICE
	                   " AND l.StartedAt >= ?1 ORDER BY l.Id DESC LIMIT ?6" },
};
