#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/escape.h"
#include "config/job.h"
#include "items.h"
#include "print.h"
#include "report/wrap.h"
#include "store/catalog.h"
#include "store/errlog.h"
#include "store/items.h"
#include "words.h"

/* BOUND_HISTORY errors as JSON, each character escaped; and as many versions. */
#define ERRORS_BYTES (BOUND_HISTORY * 8 * BOUND_MESSAGE)

/* Of what follows the first line of a sentence. */
#define INDENT 2

struct history {
	struct app *app;
	struct catalog_job row;
	struct job job; /* name NULL: its definition cannot be read */
	const char *client, *item;
	char *group;
	struct table rows;   /* for JSON: one a version, with all its errors */
	struct table errors; /* newest first */
	struct buf errors_json;
	struct buf text;
	bool more; /* errors than are shown */
};

/* What became of it, and what will happen next; if that is a command, it stands last, from *command on. */
static int
add_next(const struct history *h, const struct items_row *row, struct buf *b, size_t *command)
{
	const char *group = h->app->opt.value[OPT_GROUP];
	bool acks = h->job.name == NULL || h->job.ack.wanted;

	if (strcmp(row->state, "acked") == 0)
		return buf_addf(b, "applied in run %" PRId64 ", acknowledged at %s", row->run, row->at);
	if (strcmp(row->state, "applied") == 0)
		return buf_addf(b, "applied in run %" PRId64 " at %s; %s", row->run, row->at,
		    acks ? "owed: the next run acknowledges it before it fetches" : "this job acknowledges nothing");
	if (strcmp(row->state, "parked") == 0) {
		if (buf_addf(b,
		        "parked after %" PRId64 " attempt%s, the last in run %" PRId64 " at %s; left alone until: ",
		        row->attempts, row->attempts == 1 ? "" : "s", row->run, row->at) == -1)
			return -1;
		*command = b->len;
		return buf_addf(b, "jobrun items retry %s %s %s%s%s", h->row.name, h->client, h->item,
		    group != NULL ? " --group " : "", group != NULL ? group : "");
	}
	if (row->attempts == 0)
		return buf_addf(b, "to be tried anew since %s: when the external system sends it again", row->at);
	if (buf_addf(b, "failed %" PRId64, row->attempts) == -1 ||
	    (h->job.name != NULL && buf_addf(b, " of %" PRId64, h->job.max_attempts) == -1))
		return -1;
	return buf_addf(b,
	    " attempt%s, the last in run %" PRId64 " at %s; tried again when the external system sends it again",
	    h->job.name == NULL && row->attempts == 1 ? "" : "s", row->run, row->at);
}

static int
take_error(void *arg, const struct errlog_row *row, struct err *e)
{
	struct history *h = arg;
	struct table *t = &h->errors;

	(void)e;
	if (t->n / 6 == BOUND_HISTORY) {
		h->more = true;
		return 0;
	}
	table_add(t, row->at);
	table_add_number(t, row->run);
	table_add_number(t, row->attempt);
	table_add(t, row->stage);
	table_add(t, row->code);
	table_add(t, row->message);
	return 0;
}

/* In a pipe a line. On a terminal it is broken, but for a command, a part of which would be another one. */
static int
add_line(struct history *h, bool quoted, const char *version, const char *next, size_t command)
{
	size_t width = stdout_width();
	struct buf line;
	int ret = -1;

	buf_init(&line, BOUND_SENTENCE);
	if (buf_addf(&line, quoted ? "item \"%s\"" : "item %s", h->item) == 0 &&
	    (version == NULL || buf_addf(&line, ", version %s", version) == 0) &&
	    buf_addf(&line, ": %.*s", width > 0 && command > 0 ? (int)command - 1 : INT_MAX, next) == 0 &&
	    (width > 0 ? wrap_text(&h->text, line.at, 0, INDENT, width)
	               : escape_line(&h->text, line.at, line.len, BOUND_SENTENCE)) == 0 &&
	    (width == 0 || command == 0 ||
	        (buf_addf(&h->text, "\n%*s", INDENT, "") == 0 &&
	            escape_line(&h->text, next + command, strlen(next + command), BOUND_SENTENCE) == 0)))
		ret = buf_addc(&h->text, '\n');
	buf_release(&line);
	return ret;
}

/* A line of text, and a row of JSON. */
static int
take_row(void *arg, const struct items_row *row, struct err *e)
{
	struct history *h = arg;
	struct table *t = &h->rows;
	bool owed = strcmp(row->state, "applied") == 0 && (h->job.name == NULL || h->job.ack.wanted);
	const char *shown;
	struct buf next, version;
	size_t command = 0;
	int ret = 0;

	buf_init(&next, BOUND_SENTENCE);
	buf_init(&version, 8 * BOUND_ITEM_ID);
	if (item_text(row->version, row->version_len, &version) == -1 || add_next(h, row, &next, &command) == -1)
		ret = -1;
	shown = version.len > 0 ? version.at : NULL;
	if (ret == -1 || add_line(h, row->quoted, shown, next.at, command) == -1)
		ret = err_memory(e);
	table_add(t, h->row.name);
	table_add(t, row->client);
	table_add(t, row->group);
	table_add(t, h->item);
	table_add_bool(t, row->quoted);
	table_add(t, shown);
	table_add(t, owed ? "owed" : row->state);
	table_add_number(t, row->attempts);
	table_add_number(t, row->run);
	table_add(t, row->at);
	table_add(t, buf_text(&next));
	table_add(t, buf_text(&h->errors_json));
	buf_release(&next);
	buf_release(&version);
	return ret;
}

/* Errors are all that is known of it. */
static int
take_no_row(struct history *h, struct err *e)
{
	static const char next[] = "not in the ledger: it came without a usable id, or its row was pruned";
	const char *const cells[] = { h->row.name, h->client, h->group, h->item, NULL, NULL, NULL, NULL, NULL, NULL,
		next, buf_text(&h->errors_json) };

	return add_line(h, false, NULL, next, 0) == 0 && table_row(&h->rows, cells) == 0 ? 0 : err_memory(e);
}

/* 0 or -1. */
static int
read_history(struct history *h, struct err *e)
{
	struct db *db = &h->app->db;
	int64_t type = h->row.type;
	int got = item_group(h->app, type, h->client, h->item, &h->group, e);

	if (got != 0)
		return got == 1 ? item_unknown(h->app, type, h->client, h->item, e) : -1;
	if (errlog_item(db, type, h->client, h->group, h->item, BOUND_HISTORY + 1, take_error, h, e) == -1)
		return -1;
	if (table_json(&h->errors, &h->errors_json) == -1)
		return err_memory(e);
	if (items_of(db, type, h->client, h->group, h->item, take_row, h, e) == -1)
		return -1;
	if (h->rows.n > 0)
		return 0;
	return h->errors.n > 0 ? take_no_row(h, e) : item_unknown(h->app, type, h->client, h->item, e);
}

static int
print_history(struct history *h, struct err *e)
{
	if (h->app->opt.value[OPT_JSON] != NULL)
		return print_table(h->app, &h->rows, e);
	print_text(h->row.name);
	printf(", client ");
	print_text(h->client);
	printf(", group ");
	print_text(h->group);
	printf("\n%s\n", buf_text(&h->text));
	if (print_table(h->app, &h->errors, e) == -1)
		return -1;
	if (h->more)
		printf("there are more errors, older ones\n");
	return 0;
}

int
verb_items_show(struct app *app, int *status, struct err *e)
{
	static const struct table_column rows[] = { { "Job", 's' }, { "ClientId", 's' }, { "GroupId", 's' },
		{ "ItemId", 's' }, { "IdQuoted", 'j' }, { "ItemVersion", 's' }, { "State", 'c' }, { "Attempts", 'j' },
		{ "RunId", 'j' }, { "At", 'w' }, { "Next", 's' }, { "Errors", 'j' }, { NULL, 0 } },
	                                 errors[] = { { "At", 'w' }, { "RunId", 'j' }, { "Attempt", 'j' },
		                                 { "Stage", 's' }, { "Code", 's' }, { "Message", 't' }, { NULL, 0 } };
	struct history h = { .app = app,
		.client = app->words[1],
		.item = app->words[2],
		.rows = { .columns = rows },
		.errors = { .columns = errors, .empty = "no error of it is known" } };
	int read, ret = -1;

	(void)status;
	buf_init(&h.errors_json, ERRORS_BYTES);
	buf_init(&h.text, ERRORS_BYTES);
	if (find_job(app, app->words[0], &h.row, e) == -1)
		goto out;
	/* What is wrong with a definition is told by check; here it only leaves words out. */
	if ((read = job_try(&h.job, h.row.definition, strlen(h.row.definition), e)) != 1)
		h.job = (struct job){ .name = NULL };
	if (read == -1)
		goto out;
	/* One moment for all that is read. */
	if (db_begin_read(&app->db, e) == 0 && read_history(&h, e) == 0)
		ret = print_history(&h, e);
	db_rollback(&app->db);
out:
	if (h.job.name != NULL)
		job_release(&h.job);
	catalog_job_release(&h.row);
	table_release(&h.rows);
	table_release(&h.errors);
	buf_release(&h.errors_json);
	buf_release(&h.text);
	free(h.group);
	return ret;
}
