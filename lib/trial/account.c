#include "trial/account.h"

#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "base/array.h"
#include "base/bounds.h"
#include "base/escape.h"

struct account_item {
	struct ledger_key key; /* id_len 0: none; its bytes are in bytes */
	char *bytes;           /* owned */
	char *name, *became;   /* owned; escaped */
	bool applied;
};

void
account_init(struct account *a)
{
	*a = (struct account){ .n = 0 };
	buf_init(&a->requests, BOUND_TRIAL_TEXT);
}

void
account_release(struct account *a)
{
	size_t i;

	buf_release(&a->requests);
	for (i = 0; i < a->n; i++) {
		free(a->items[i].bytes);
		free(a->items[i].name);
		free(a->items[i].became);
	}
	free(a->items);
}

/* Behind scheme and host: where the system is, is none of the job's. */
static const char *
path_of(const char *url)
{
	const char *host = strstr(url, "://"), *path = host != NULL ? strchr(host + 3, '/') : NULL;

	return path != NULL ? path : "/";
}

void
account_request(struct account *a, const struct http_request *request)
{
	const char *path = path_of(request->url);
	struct buf *b = &a->requests;

	if (buf_addf(b, "%s ", request->method) == -1 || escape_line(b, path, strlen(path), b->max) == -1 ||
	    (request->body_len > 0 &&
	        (buf_addc(b, ' ') == -1 || escape_line(b, request->body, request->body_len, b->max) == -1)) ||
	    buf_addc(b, '\n') == -1)
		a->full = true;
}

void
account_event(void *arg, const struct event *ev)
{
	struct account *a = arg;

	if (ev->kind != EVENT_CLIENT_FAILED || a->failed.kind != ERR_NONE)
		return;
	err_set(&a->failed, ERR_CONFIG, ev->code, "%s", ev->message);
	strlcpy(a->stage, ev->stage, sizeof(a->stage));
}

/* A copy of the key whose bytes are the item's own. */
static int
copy_key(struct account_item *item, const struct ledger_key *key)
{
	item->key = *key;
	if ((item->bytes = malloc(key->id_len + key->version_len + 1)) == NULL)
		return -1;
	memcpy(item->bytes, key->id, key->id_len);
	memcpy(item->bytes + key->id_len, key->version, key->version_len);
	item->key.id = item->bytes;
	item->key.version = item->bytes + key->id_len;
	return 0;
}

/* "104", "A-7 (version 3)" or "#2". */
static char *
name_of(const struct event_item *ev)
{
	struct buf b;

	buf_init(&b, BOUND_ITEM_ID * 16);
	if (escape_line(&b, ev->item, ev->item_len, b.max) == 0 &&
	    (ev->key->version_len == 0 ||
	        (buf_adds(&b, " (version ") == 0 &&
	            escape_line(&b, ev->key->version, ev->key->version_len, b.max) == 0 && buf_addc(&b, ')') == 0)))
		return b.at;
	buf_release(&b);
	return NULL;
}

/* "applied", "rejected: why" or "failed (item_no_id): why". */
static char *
became_of(const struct event_item *ev)
{
	struct buf b;
	int ret;

	buf_init(&b, BOUND_MESSAGE * 16);
	if (ev->message == NULL)
		ret = buf_adds(&b, ev->became);
	else if (strcmp(ev->code, "rule_rejected") == 0)
		ret = buf_adds(&b, "rejected: ");
	else
		ret = buf_addf(&b, "%s (%s): ", ev->became, ev->code);
	if (ret == 0 && (ev->message == NULL || escape_line(&b, ev->message, strlen(ev->message), b.max) == 0))
		return b.at;
	buf_release(&b);
	return NULL;
}

void
account_item(void *arg, const struct event_item *ev)
{
	struct account *a = arg;
	struct account_item *item;

	if (a->n == BOUND_TRIAL_ITEMS) {
		a->full = true;
		return;
	}
	if ((item = array_room(a->items, a->n, &a->cap, sizeof(*item))) == NULL) {
		a->short_of_memory = true;
		return;
	}
	a->items = item;
	item += a->n++;
	*item = (struct account_item){ .applied = strcmp(ev->became, "applied") == 0 };
	item->name = name_of(ev);
	item->became = became_of(ev);
	if (copy_key(item, ev->key) == -1 || item->name == NULL || item->became == NULL)
		a->short_of_memory = true;
}

/* What is to be said of an applied item's ack, or NULL. 0 or -1. */
static int
find_ack(
    const struct account_item *item, struct db *db, const struct ledger_client *who, const char **ack, struct err *e)
{
	struct ledger_row row;

	*ack = NULL;
	if (!item->applied)
		return 0;
	if (ledger_find(db, who, &item->key, &row, e) == -1)
		return -1;
	*ack = row.state == LEDGER_ACKED ? ", acknowledged" : ", not acknowledged";
	return 0;
}

int
account_text(
    const struct account *a, struct db *db, const struct ledger_client *who, bool acks, struct buf *out, struct err *e)
{
	const char *ack = NULL;
	bool full = a->full || a->short_of_memory;
	size_t i;

	full |= buf_addf(out, "-- requests\n%s\n-- items\n", a->requests.len > 0 ? a->requests.at : "(none)\n") == -1;
	for (i = 0; i < a->n && !full; i++) {
		if (acks && find_ack(&a->items[i], db, who, &ack, e) == -1)
			return -1;
		full = buf_addf(out, "%s: %s%s\n", a->items[i].name, a->items[i].became, ack != NULL ? ack : "") == -1;
	}
	if (a->n == 0)
		full |= buf_adds(out, "(none)\n") == -1;
	if (a->failed.kind != ERR_NONE)
		full |= buf_addf(out, "\n-- client\nfailed in %s: ", a->stage) == -1 ||
		    escape_line(out, a->failed.text, strlen(a->failed.text), out->max) == -1 ||
		    buf_addc(out, '\n') == -1;
	if (!full)
		return 0;
	if (a->short_of_memory || a->requests.short_of_memory || out->short_of_memory)
		return err_memory(e);
	return err_set(e, ERR_CONFIG, "trial", "what came out is larger than %u bytes or %d items", BOUND_TRIAL_TEXT,
	    BOUND_TRIAL_ITEMS);
}
