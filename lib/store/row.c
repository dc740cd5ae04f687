#include "store/row.h"

#include <string.h>

char *
row_text(sqlite3_stmt *st, int column)
{
	return (char *)(uintptr_t)sqlite3_column_text(st, column);
}

int
row_own(char **text)
{
	return *text == NULL || (*text = strdup(*text)) != NULL ? 0 : -1;
}

int64_t
row_number_or(sqlite3_stmt *st, int column, int64_t otherwise)
{
	return sqlite3_column_type(st, column) == SQLITE_NULL ? otherwise : sqlite3_column_int64(st, column);
}

struct tally
row_tally(sqlite3_stmt *st, int from)
{
	return (struct tally){
		.received = sqlite3_column_int64(st, from),
		.processed = sqlite3_column_int64(st, from + 1),
		.duplicates = sqlite3_column_int64(st, from + 2),
		.errors = sqlite3_column_int64(st, from + 3),
		.parked = sqlite3_column_int64(st, from + 4),
		.acked = sqlite3_column_int64(st, from + 5),
		.owed = sqlite3_column_int64(st, from + 6),
	};
}
