#include "store/keys.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

int
keys_add(struct db *db, const unsigned char hash[KEYS_HASH], const char *jobs, const char *label, const char *expires,
    int64_t *id, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_KEY_ADD, e);
	char now[CLOCK_TEXT];

	if (st == NULL)
		return -1;
	clock_text(clock_utc_ms(), now);
	sqlite3_bind_blob(st, 1, hash, KEYS_HASH, SQLITE_STATIC);
	db_text(st, 2, jobs);
	db_text(st, 3, label);
	db_text(st, 4, expires);
	db_text(st, 5, now);
	if (db_run(db, st, e) == -1)
		return -1;
	*id = sqlite3_last_insert_rowid(db->handle);
	return 0;
}

int
keys_revoke(struct db *db, int64_t id, int *was_revoked, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_KEY_GET, e);
	char now[CLOCK_TEXT];
	int got;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, id);
	if ((got = db_step(db, st, e)) != 1)
		return got == 0 ? 1 : -1;
	*was_revoked = sqlite3_column_type(st, 0) != SQLITE_NULL;
	sqlite3_reset(st);

	if ((st = db_stmt(db, SQL_KEY_REVOKE, e)) == NULL)
		return -1;
	clock_text(clock_utc_ms(), now);
	sqlite3_bind_int64(st, 1, id);
	db_text(st, 2, now);
	return db_run(db, st, e);
}

/* Takes the same time wherever the first difference is. */
static bool
same_hash(const unsigned char *a, const unsigned char *b)
{
	volatile unsigned char differ = 0;
	size_t i;

	for (i = 0; i < KEYS_HASH; i++)
		differ = (unsigned char)(differ | (a[i] ^ b[i]));
	return differ == 0;
}

bool
keys_word(const char **jobs, const char **word, size_t *len)
{
	while (**jobs != '\0') {
		*word = *jobs;
		*len = strcspn(*jobs, ",");
		*jobs += *len + ((*jobs)[*len] == ',');
		for (; *len > 0 && (**word == ' ' || **word == '\t'); (*len)--)
			(*word)++;
		while (*len > 0 && ((*word)[*len - 1] == ' ' || (*word)[*len - 1] == '\t'))
			(*len)--;
		if (*len > 0)
			return true;
	}
	return false;
}

static bool
is_word(const char *word, size_t len, const char *text)
{
	return strlen(text) == len && memcmp(word, text, len) == 0;
}

bool
keys_open(const char *jobs, int64_t job_type, const char *job_name)
{
	char number[24];
	const char *word;
	size_t len;

	snprintf(number, sizeof(number), "%lld", (long long)job_type);
	while (keys_word(&jobs, &word, &len))
		if (is_word(word, len, "*") || is_word(word, len, number) || is_word(word, len, job_name))
			return true;
	return false;
}

/* What the row at hand would allow, were its key the one that was given. */
static enum keys_verdict
judge(sqlite3_stmt *st, int64_t job_type, const char *name, const char *now)
{
	const char *jobs = (const char *)sqlite3_column_text(st, 2);
	const char *expires = (const char *)sqlite3_column_text(st, 3);

	if (sqlite3_column_type(st, 4) != SQLITE_NULL || (expires != NULL && strcmp(expires, now) <= 0))
		return KEYS_REFUSED;
	if (name == NULL)
		return KEYS_OK;
	return jobs != NULL && keys_open(jobs, job_type, name) ? KEYS_OK : KEYS_OTHER_JOB;
}

int
keys_check(struct db *db, const unsigned char hash[KEYS_HASH], int64_t job_type, const char *job_name, const char *now,
    enum keys_verdict *verdict, int64_t *id, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_KEY_ALL, e);
	int got;

	*verdict = KEYS_REFUSED;
	if (st == NULL)
		return -1;
	/* Every row is judged, and none ends the loop: the time it takes tells nothing of any key. */
	while ((got = db_step(db, st, e)) == 1) {
		enum keys_verdict row = judge(st, job_type, job_name, now);
		const unsigned char *stored = sqlite3_column_blob(st, 1);

		if (stored != NULL && sqlite3_column_bytes(st, 1) == KEYS_HASH && same_hash(stored, hash)) {
			*verdict = row;
			if (row != KEYS_REFUSED)
				*id = sqlite3_column_int64(st, 0);
		}
	}
	return got;
}

int
keys_used(struct db *db, int64_t id, const char *now, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_KEY_USED, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, id);
	db_text(st, 2, now);
	return db_run(db, st, e);
}
