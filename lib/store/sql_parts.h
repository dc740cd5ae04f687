/*
 * What the files of statements share.
 */
#ifndef STORE_SQL_PARTS_H
#define STORE_SQL_PARTS_H

#include "store/sql.h"

/* One client's items, and one item among them: the ledger's key from its left. */
#define WHERE_CLIENT "JobType = ?1 AND ClientId = ?2 AND GroupId = ?3"
#define WHERE_ITEM WHERE_CLIENT " AND ItemId = ?4 AND ItemVersion = ?5 AND IdQuoted = ?6"

/* A statement's text, and what it does; both NULL: it stands in the other table. */
struct sql_statement {
	const char *what, *text;
};
extern const struct sql_statement sql_lists[SQL_COUNT];

#endif
