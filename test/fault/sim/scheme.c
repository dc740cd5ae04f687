#include "scheme.h"

#include <stdio.h>
#include <string.h>

#include "rng.h"

/* The effect comes first, so that a rejection has something to undo; total counts in place, where effect adds a row. */
const char scheme_rules[] = "-- its effect\n"
                            "INSERT INTO effect (key, client, grp, run) VALUES (:key, @ClientId, @GroupId, $run);\n"
                            "INSERT INTO total (client, n) VALUES (@ClientId, 1) ON CONFLICT DO UPDATE SET n = n + 1;\n"
                            "-- wanted\n"
                            "SELECT 'not wanted: ' || :bad WHERE :bad IS NOT NULL;\n"
                            "INSERT INTO narrow (n) SELECT :narrow WHERE :narrow IS NOT NULL;\n"
                            "INSERT INTO poisoned (key) SELECT :key WHERE :poison IS NOT NULL;\n";

const char scheme_platform[] =
    "CREATE TABLE effect (key, client, grp, run);"
    "CREATE TABLE total (client PRIMARY KEY, n INTEGER NOT NULL);"
    "CREATE TABLE narrow (n INTEGER CHECK (n < 10));"
    "CREATE TABLE poisoned (key);"
    "CREATE TRIGGER poison BEFORE INSERT ON poisoned BEGIN SELECT RAISE(ROLLBACK, 'all is undone'); END;";

bool
scheme_has_row(const struct scheme_item *item)
{
	return item->kind < ITEM_NO_ID;
}

bool
scheme_is_good(const struct scheme_item *item)
{
	return item->kind == ITEM_GOOD;
}

static enum item_kind
draw_kind(struct rng *r, int bad_percent)
{
	static const enum item_kind bad[] = { ITEM_CURED, ITEM_CURED, ITEM_REJECTED, ITEM_REJECTED, ITEM_CONSTRAINT,
		ITEM_POISON, ITEM_KEY_TWICE, ITEM_NO_ID, ITEM_BAD_ID, ITEM_NO_OBJECT };

	if (!rng_percent(r, bad_percent))
		return ITEM_GOOD;
	return bad[rng_below(r, sizeof(bad) / sizeof(bad[0]))];
}

/* Ids that differ in their characters; some are strings, some take all of 64 bits or more. */
static void
draw_id(const struct scheme *p, struct scheme_item *item, struct rng *r)
{
	long long n = (long long)item->key;

	switch (rng_below(r, 6)) {
	case 0:
		snprintf(item->id, sizeof(item->id), "%lld", INT64_C(9007199254740993) + 2 * n);
		break;
	case 1:
		snprintf(item->id, sizeof(item->id), "%llu", 18446744073709551615ULL - (unsigned long long)n);
		break;
	case 2:
		snprintf(item->id, sizeof(item->id), "A-%lld \xc3\xa4/%%?", n);
		item->quoted = true;
		break;
	case 3:
		snprintf(item->id, sizeof(item->id), "%lld", 100000 + n);
		item->quoted = true;
		break;
	case 4:
		/* The same characters as another item's, and yet another id: only where both can be named. */
		if (n > 1 && !p->id_in_path && !p->rejected && !p->items[n - 2].quoted && !item->late &&
		    p->items[n - 2].client == item->client && p->items[n - 2].version[0] == '\0' &&
		    scheme_has_row(&p->items[n - 2])) {
			memcpy(item->id, p->items[n - 2].id, sizeof(item->id));
			item->quoted = true;
			break;
		}
		/* fall through */
	default:
		snprintf(item->id, sizeof(item->id), "%lld", n);
	}
	snprintf(item->token, sizeof(item->token), item->quoted ? "\"%s\"" : "%s", item->id);
}

static void
draw_item(struct scheme *p, struct rng *r, int bad_percent)
{
	struct scheme_item *item = &p->items[p->n_items++];

	*item =
	    (struct scheme_item){ .key = (int64_t)p->n_items, .client = (size_t)rng_below(r, (int64_t)p->n_clients) };
	item->kind = draw_kind(r, bad_percent);
	item->late = p->two_phases && rng_percent(r, 30);
	draw_id(p, item, r);
	if (p->versions && rng_percent(r, 60))
		memcpy(item->version, "v1", sizeof("v1"));
	item->twice = p->pages != PAGES_OFFSET && rng_percent(r, 10);
	item->cure = (int)rng_between(r, 1, 3);
	if ((p->rejected || (p->acks && p->batch == 1)) && !p->versions && rng_percent(r, 15))
		item->refusals = rng_percent(r, 40) ? -1 : (int)rng_between(r, 1, 2);
	item->pad = rng_percent(r, 90) ? (int)rng_below(r, 200) : (int)rng_below(r, 6000);
}

/* In the second phase some items come again, changed: the same id, another version. */
static void
draw_versions(struct scheme *p, struct rng *r)
{
	size_t i, n = p->n_items;
	struct scheme_item *item;

	for (i = 0; p->versions && p->two_phases && i < n && p->n_items < SCHEME_ITEMS; i++) {
		if (p->items[i].late || p->items[i].kind != ITEM_GOOD || !rng_percent(r, 40))
			continue;
		item = &p->items[p->n_items++];
		*item = p->items[i];
		item->key = (int64_t)p->n_items;
		memcpy(item->version, "v2", sizeof("v2"));
		item->late = true;
	}
}

static void
draw_job(struct scheme *p, struct rng *r)
{
	static const enum pages_kind ways[] = { PAGES_NONE, PAGES_NONE, PAGES_NEXT, PAGES_LINK, PAGES_CURSOR,
		PAGES_OFFSET, PAGES_PAGE };

	p->pages = ways[rng_below(r, sizeof(ways) / sizeof(ways[0]))];
	p->wrapped = p->pages == PAGES_NEXT || p->pages == PAGES_CURSOR || rng_percent(r, 40);
	p->ndjson = !p->wrapped && rng_percent(r, 40);
	p->page_size = rng_between(r, 1, 12);
	p->acks = rng_percent(r, 88);
	p->batch = rng_percent(r, 25) ? 1 : rng_percent(r, 60) ? rng_between(r, 2, 9) : 500;
	p->id_in_path = p->batch == 1 && rng_percent(r, 60);
	p->rejected = rng_percent(r, 40);
	p->most_ids = rng_percent(r, 30) ? rng_between(r, 1, 6) : 0;
	p->max_attempts = (int)rng_between(r, 1, 5);
	p->retries = (int)rng_between(r, 0, 4);
	p->rate = rng_percent(r, 15) ? (int)rng_between(r, 1, 20) : 0;
}

void
scheme_draw(struct scheme *p, uint64_t seed)
{
	struct rng rng = rng_of(seed, 1, 0), *r = &rng;
	size_t i, n;
	int bad_percent;

	memset(p, 0, sizeof(*p));
	p->seed = seed;
	draw_job(p, r);
	p->n_clients = (size_t)rng_between(r, 1, SCHEME_CLIENTS);
	for (i = 0; i < p->n_clients; i++) {
		if (rng_percent(r, 30))
			snprintf(p->clients[i].id, sizeof(p->clients[i].id), "klinik %zu", i);
		else
			snprintf(p->clients[i].id, sizeof(p->clients[i].id), "%zu", 9007199254740993 + i);
		snprintf(p->clients[i].group, sizeof(p->clients[i].group), "%zu", rng_percent(r, 50) ? i * 10 : 0);
		p->clients[i].send_frequency = rng_percent(r, 15) ? rng_between(r, 1, 600) : 0;
	}
	p->two_phases = rng_percent(r, 50);
	p->versions = rng_percent(r, 30);
	p->sticky = rng_percent(r, 20) && !p->versions;
	p->parallel = (int)rng_between(r, 1, rng_percent(r, 50) ? 4 : 64);
	p->fault_percent = rng_percent(r, 20) ? 0 : (int)rng_between(r, 2, 45);
	p->drag_us = rng_percent(r, 30) ? rng_between(r, 10, 20000) : 0;
	p->most_ms = rng_percent(r, 10) ? rng_between(r, 20, 5000) : 0;
	p->utc_ms = INT64_C(1764000000000) + rng_below(r, INT64_C(100000000000));
	bad_percent = rng_percent(r, 20) ? 0 : (int)rng_between(r, 5, 50);
	n = (size_t)(rng_percent(r, 8) ? 0 : rng_between(r, 1, rng_percent(r, 80) ? 25 : 90));
	/* More than one batch of the writer's, on a machine that is fast enough for it. */
	if (seed % 100 == 50) {
		p->drag_us = 0;
		n = 1300;
		bad_percent = 1;
		p->batch = 500;
		p->pages = PAGES_NONE;
		p->n_clients = 1;
		p->id_in_path = false;
	}
	for (i = 0; i < n; i++)
		draw_item(p, r, bad_percent);
	draw_versions(p, r);
}

void
scheme_definition(const struct scheme *p, struct buf *out)
{
	static const char *const pages[] = {
		[PAGES_NONE] = "null",
		[PAGES_NEXT] = "{\"Next\": \"/next\"}",
		[PAGES_LINK] = "{\"Link\": true}",
		[PAGES_CURSOR] = "{\"Cursor\": \"/next\", \"Param\": \"at\"}",
		[PAGES_OFFSET] = "{\"Offset\": \"at\", \"Limit\": \"n\", \"Size\": 7}",
		[PAGES_PAGE] = "{\"Page\": \"at\", \"First\": 0, \"Limit\": null}",
	};

	buf_addf(out,
	    "{\"JobType\": %d, \"Name\": \"Simulated\", \"Rules\": \"rules.sql\", \"MaxAttempts\": %d, \"Retries\": %d,"
	    " \"Fetch\": {\"Path\": \"{Route}\", \"Format\": \"%s\", \"Items\": \"%s\", \"Pages\": %s%s}",
	    SCHEME_JOB, p->max_attempts, p->retries, p->ndjson ? "ndjson" : "json", p->wrapped ? "/items" : "",
	    pages[p->pages], p->versions ? ", \"ItemVersion\": \"/version\"" : "");
	if (p->rate > 0)
		buf_addf(out, ", \"RateLimit\": %d", p->rate);
	if (!p->acks) {
		buf_adds(out, ", \"Ack\": null}");
		return;
	}
	buf_addf(out, ", \"Ack\": {\"Batch\": %lld%s%s}}", (long long)p->batch,
	    p->id_in_path ? ", \"Path\": \"{Route}/ack/{Id}\", \"Body\": null" : "",
	    p->rejected ? ", \"Rejected\": \"/rejected\"" : "");
}

void
scheme_client(const struct scheme *p, size_t client, struct buf *out)
{
	const char *id = p->clients[client].id;
	bool number = id[0] >= '0' && id[0] <= '9';

	buf_addf(out, "{\"ClientId\": %s%s%s, \"GroupId\": %s, \"Route\": \"/c%zu\"", number ? "" : "\"", id,
	    number ? "" : "\"", p->clients[client].group, client);
	if (p->clients[client].send_frequency > 0)
		buf_addf(out, ", \"SendFrequency\": %lld", (long long)p->clients[client].send_frequency);
	buf_adds(out, "}");
}
