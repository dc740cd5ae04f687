#include "run/keep.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "config/client.h"
#include "store/catalog.h"

#define DAY_MS INT64_C(86400000)
/* Longer ago than any record is. */
#define DAYS_MOST INT64_C(1000000)

struct reading {
	struct keep *keep;
	int64_t now_ms;
};

/* A client's own whole number, or -1: it has none. */
static int64_t
count_of(const struct json_members *m, const char *name)
{
	struct json_value value = json_members_get(m, name, strlen(name));
	int64_t n;

	return value.kind == JSON_NUMBER && json_int64(value, &n) == 0 ? n : -1;
}

static void
move_to(struct keep *keep, int64_t before_ms, const struct client *c, const char *key, int64_t n)
{
	if (before_ms >= keep->before_ms)
		return;
	keep->before_ms = before_ms;
	snprintf(keep->why, sizeof(keep->why), "client %s, group %s has %s %lld", c->id, c->group, key, (long long)n);
}

/* A day more, since the other side's day ends when it likes, and its clock is not ours. */
static void
take_days(struct reading *r, const struct client *c, int64_t days)
{
	if (days < 0)
		return;
	move_to(r->keep, r->now_ms - ((days < DAYS_MOST ? days : DAYS_MOST) + 1) * DAY_MS, c, "Days", days);
}

static void
take_year(struct reading *r, const struct client *c, int64_t year)
{
	char text[32];
	int64_t begin_ms;

	snprintf(text, sizeof(text), "%04lld-01-01T00:00:00.000Z", (long long)year);
	/* One with more than four digits is to come. */
	if (year >= 0 && clock_parse(text, &begin_ms) == 0)
		move_to(r->keep, begin_ms - DAY_MS, c, "Year", year);
}

static int
take_client(void *arg, struct client *c, struct err *e)
{
	struct reading *r = arg;
	struct json_members m = { 0 };
	size_t twice;
	int ret = 0;

	if (json_members_read(&m, json_value_of(c->text, strlen(c->text)), &twice) == -1) {
		ret = err_memory(e);
	} else {
		take_days(r, c, count_of(&m, "Days"));
		take_year(r, c, count_of(&m, "Year"));
	}
	json_members_release(&m);
	client_release(c);
	return ret;
}

static int
take_bad(void *arg, const char *id, const char *group, const struct err *why, struct err *e)
{
	struct keep *keep = ((struct reading *)arg)->keep;

	(void)id;
	(void)group;
	(void)e;
	if (!keep->leave)
		snprintf(keep->why, sizeof(keep->why), "%s", why->text);
	keep->leave = true;
	return 0;
}

static int
take_row(void *arg, const struct catalog_row *row, struct err *e)
{
	struct client_sink sink = { take_client, take_bad, arg };

	if (((struct reading *)arg)->keep->leave)
		return 0;
	return client_read_row(row->id, row->route, row->user, row->configuration, row->configuration_len, &sink, e);
}

int
keep_read(struct keep *keep, struct db *db, int64_t job_type, int64_t now_ms, int64_t older_than_ms, struct err *e)
{
	struct reading r = { .now_ms = now_ms };
	int64_t rows;

	*keep = (struct keep){ .before_ms = now_ms - older_than_ms };
	r.keep = keep;
	return catalog_rows(db, job_type, take_row, &r, &rows, e);
}
