#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extsys_parts.h"
#include "json/value.h"
#include "run/run.h"
#include "sometimes.h"

static void
trouble(struct extsys *es, const char *what, const char *id, size_t len)
{
	if (es->trouble[0] == '\0')
		snprintf(es->trouble, sizeof(es->trouble), "%s: %.*s", what, (int)len, id);
}

/* All that it offered by that id, as JSON or, in a path, by its characters. True: they are refused. */
static bool
take_id(struct extsys *es, size_t client, const char *id, size_t len, bool as_token)
{
	const struct scheme *p = es->scheme;
	bool refused = false, known = false;
	const char *name;
	size_t i;

	for (i = 0; i < p->n_items; i++) {
		name = as_token ? p->items[i].token : p->items[i].id;
		if (p->items[i].client != client || !scheme_has_row(&p->items[i]) || es->items[i].offers == 0 ||
		    strlen(name) != len || memcmp(name, id, len) != 0)
			continue;
		known = true;
		if (p->items[i].kind != ITEM_GOOD && p->items[i].kind != ITEM_CURED)
			trouble(es, "an item that failed was acknowledged", id, len);
		if (es->items[i].refusals != 0) {
			es->items[i].refusals -= es->items[i].refusals > 0;
			refused = true;
			continue;
		}
		es->items[i].acked = true;
		es->items[i].acks++;
	}
	if (!known)
		trouble(es, "an id was acknowledged that was never offered", id, len);
	if (refused)
		sometimes(DID_REFUSE_ACK);
	return refused;
}

static struct json_value
ids_of(const struct http_request *request)
{
	static const struct json_value none = { JSON_ABSENT, NULL, 0 };
	struct json_members m = { 0 };
	struct json_value root, ids = none;
	struct err e = ERR_INIT;
	size_t twice;

	if (request->body == NULL || json_check(request->body, request->body_len, &root, &e) == -1)
		return none;
	if (json_members_read(&m, root, &twice) == 0)
		ids = json_members_get(&m, "ids", 3);
	json_members_release(&m);
	return ids;
}

static void
decode(const char *from, char *out, size_t size)
{
	size_t n = 0;
	char hex[3];

	for (; *from != '\0' && n < size - 1; from++) {
		if (*from != '%') {
			out[n++] = *from;
			continue;
		}
		memcpy(hex, from + 1, 2);
		hex[2] = '\0';
		out[n++] = (char)strtol(hex, NULL, 16);
		from += 2;
	}
	out[n] = '\0';
}

/* One item in the path: a refusal is a status. */
static void
take_one(struct extsys *es, size_t client, const char *url, struct offline_answer *out, bool arrives)
{
	const char *at = strstr(url, "/ack/");
	char id[200];

	out->status = 204;
	if (at == NULL) {
		trouble(es, "an ack at another path", url, strlen(url));
		return;
	}
	decode(at + 5, id, sizeof(id));
	if (take_id(es, client, id, strlen(id), false))
		out->status = 409;
	else
		es->acked += arrives;
}

static void
take_many(struct extsys *es, size_t client, struct json_value ids, struct offline_answer *out, bool arrives)
{
	struct json_value id;
	bool any = false;
	size_t at = 0;

	buf_clear(&es->body);
	buf_adds(&es->body, "{\"rejected\": [");
	while (json_array_next(ids, &at, &id)) {
		if (take_id(es, client, id.at, id.len, true)) {
			buf_addf(&es->body, "%s%.*s", any ? ", " : "", (int)id.len, id.at);
			any = true;
		} else {
			es->acked += arrives;
		}
	}
	buf_adds(&es->body, "]}");
	out->status = es->scheme->rejected ? 200 : any ? 409 : 204;
	if (es->scheme->rejected) {
		out->body = es->body.at;
		out->body_len = es->body.len;
	}
}

void
extsys_take_ack(
    struct extsys *es, size_t client, const struct http_request *request, struct offline_answer *out, bool arrives)
{
	struct json_value ids = ids_of(request), id;
	size_t at = 0;
	int64_t n = 0;

	if (!es->scheme->acks) {
		trouble(es, "an ack, though the job wants none", request->url, strlen(request->url));
		return;
	}
	if (es->scheme->id_in_path) {
		take_one(es, client, request->url, out, arrives);
		return;
	}
	while (json_array_next(ids, &at, &id))
		n++;
	if (n == 0 || n > es->scheme->batch)
		trouble(es, "an ack of no ids, or of more than Batch", request->url, strlen(request->url));
	if (es->scheme->most_ids > 0 && n > es->scheme->most_ids) {
		out->status = 413;
		sometimes(DID_HALVE);
		return;
	}
	take_many(es, client, ids, out, arrives);
}
