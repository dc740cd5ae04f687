#include "store/errlog.h"

#include "base/bounds.h"
#include "base/buf.h"

/* Binds the choice, from ?1 to ?5; the ids as a JSON array in *ids, which must outlive the statement. 0 or -1. */
static int
bind_choice(sqlite3_stmt *st, const struct errlog_choice *choice, struct buf *ids, struct err *e)
{
	db_text(st, 1, choice->since != NULL ? choice->since : "");
	sqlite3_bind_int64(st, 2, choice->job_type);
	db_text(st, 4, choice->group);
	sqlite3_bind_int64(st, 5, choice->run);
	return choice->n_clients == 0 ? 0 : db_words(st, 3, choice->clients, choice->n_clients, ids, e);
}

static int
take_rows(struct db *db, sqlite3_stmt *st, errlog_fn *fn, void *arg, struct err *e)
{
	struct errlog_row row;
	int got;

	while ((got = db_step(db, st, e)) == 1) {
		row = (struct errlog_row){
			.at = (const char *)sqlite3_column_text(st, 0),
			.run = sqlite3_column_int64(st, 1),
			.job_type = sqlite3_column_int64(st, 2),
			.job = (const char *)sqlite3_column_text(st, 3),
			.client = (const char *)sqlite3_column_text(st, 4),
			.group = (const char *)sqlite3_column_text(st, 5),
			.item = (const char *)sqlite3_column_text(st, 6),
			.item_len = (size_t)sqlite3_column_bytes(st, 6),
			.stage = (const char *)sqlite3_column_text(st, 7),
			.code = (const char *)sqlite3_column_text(st, 8),
			.message = (const char *)sqlite3_column_text(st, 9),
			.attempt = sqlite3_column_int64(st, 10),
		};
		if (fn(arg, &row, e) == -1) {
			sqlite3_reset(st);
			return -1;
		}
	}
	return got;
}

static int
read_choice(struct db *db, enum sql_id id, const struct errlog_choice *choice, int64_t limit, errlog_fn *fn, void *arg,
    struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, id, e);
	struct buf ids;
	int ret;

	if (st == NULL)
		return -1;
	buf_init(&ids, BOUND_CONFIG_BYTES);
	sqlite3_bind_int64(st, 6, limit);
	ret = bind_choice(st, choice, &ids, e);
	if (ret == 0)
		ret = take_rows(db, st, fn, arg, e);
	/* The ids are the statement's until it is bound anew. */
	sqlite3_clear_bindings(st);
	buf_release(&ids);
	return ret;
}

/* A run's rows, one job's clients', or all since then: each by its own index. */
static enum sql_id
fitting(const struct errlog_choice *choice, enum sql_id of_clients)
{
	if (choice->run != 0)
		return SQL_ERRORS_RUN;
	return choice->job_type != 0 && choice->n_clients > 0 ? of_clients : SQL_ERRORS_SINCE;
}

int
errlog_all(struct db *db, const struct errlog_choice *choice, errlog_fn *fn, void *arg, struct err *e)
{
	return read_choice(db, fitting(choice, SQL_ERRORS_CLIENTS), choice, -1, fn, arg, e);
}

int
errlog_newest(struct db *db, const struct errlog_choice *choice, int64_t limit, errlog_fn *fn, void *arg, struct err *e)
{
	return read_choice(db, fitting(choice, SQL_ERRORS_CLIENTS_NEWEST), choice, limit, fn, arg, e);
}

int
errlog_item(struct db *db, int64_t job_type, const char *client, const char *group, const char *item, int64_t limit,
    errlog_fn *fn, void *arg, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_ERRORS_ITEM, e);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, job_type);
	db_text(st, 2, client);
	db_text(st, 3, group);
	db_text(st, 4, item);
	sqlite3_bind_int64(st, 5, limit);
	return take_rows(db, st, fn, arg, e);
}

int
errlog_visits(struct db *db, const struct errlog_choice *choice, errlog_visit_fn *fn, void *arg, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, choice->run != 0 ? SQL_VISITED_RUN : SQL_VISITED_SINCE, e);
	struct errlog_visit visit;
	struct buf ids;
	int got;

	if (st == NULL)
		return -1;
	buf_init(&ids, BOUND_CONFIG_BYTES);
	if ((got = bind_choice(st, choice, &ids, e)) == -1)
		goto out;
	while ((got = db_step(db, st, e)) == 1) {
		visit.job_type = sqlite3_column_int64(st, 0);
		visit.client = (const char *)sqlite3_column_text(st, 1);
		visit.group = (const char *)sqlite3_column_text(st, 2);
		visit.run = sqlite3_column_int64(st, 3);
		if (fn(arg, &visit, e) == -1) {
			got = -1;
			break;
		}
	}
out:
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	buf_release(&ids);
	return got;
}

int
errlog_run(struct db *db, int64_t run, int64_t *job_type, struct err *e)
{
	sqlite3_stmt *st = db_stmt(db, SQL_ERRORS_RUN_JOB, e);
	int got;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, run);
	if ((got = db_step(db, st, e)) != 1)
		return got == 0 ? 1 : -1;
	*job_type = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return 0;
}
