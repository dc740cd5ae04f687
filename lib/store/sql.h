/*
 * Every statement that jobrun itself runs, by name. The texts stand in sql.c,
 * one table; nothing else in the tree holds SQL but schema/ and rules.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

enum sql_id {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_SETUP, /* several statements: for sqlite3_exec, not db_stmt */
	SQL_APPLICATION_ID,
	SQL_USER_VERSION,
	SQL_JOURNAL_MODE,
	SQL_JOURNAL_WAL,

	SQL_LEDGER_FIND,
	SQL_LEDGER_PUT,
	SQL_LEDGER_OWED,
	SQL_LEDGER_ACKED,
	SQL_LEDGER_OWE,
	SQL_LEDGER_COUNT_OWED,
	SQL_SEEN_INIT,
	SQL_SEEN_ADD,
	SQL_SEEN_FIND,

	SQL_RUN_HEAL,
	SQL_RUN_BEGIN,
	SQL_RUN_END,
	SQL_REQUEST_ADD,
	SQL_REQUEST_LAST_SUCCESS,
	SQL_EXCEPTION_ADD,

	SQL_SYSTEM_GET,
	SQL_SYSTEM_SET,
	SQL_JOB_GET,
	SQL_JOB_RIVAL,
	SQL_JOB_PUT,
	SQL_CONFIG_ROWS,
	SQL_CONFIG_ADD,
	SQL_CONFIG_ENTRY,
	SQL_CONFIG_ENABLE,
	SQL_CONFIG_REMOVE,
	SQL_CONFIG_DROP_EMPTY,

	SQL_KEY_ADD,
	SQL_KEY_GET,
	SQL_KEY_REVOKE,
	SQL_KEY_ALL,
	SQL_KEY_USED,

	SQL_LIST_SYSTEMS,
	SQL_LIST_JOBS,
	SQL_LIST_KEYS,
	SQL_LIST_CONFIGURED,
	SQL_COUNT
};

/* Its text. Static. */
const char *sql_text(enum sql_id id);

/* What it does, for messages: "looking an item up in the ledger". Static. */
const char *sql_what(enum sql_id id);

#endif
