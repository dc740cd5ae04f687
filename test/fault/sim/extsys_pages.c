#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extsys_parts.h"
#include "sometimes.h"

/* The number behind "?NAME=" or "&NAME=" in the path, or otherwise. */
static int64_t
parameter(const char *path, const char *name, int64_t otherwise)
{
	const char *at = strchr(path, '?');
	size_t len = strlen(name);

	for (; at != NULL; at = strpbrk(at + 1, "&"))
		if (strncmp(at + 1, name, len) == 0 && at[1 + len] == '=')
			return strtoll(at + 2 + len, NULL, 10);
	return otherwise;
}

static void
add_ballast(struct buf *b, int n)
{
	int i;

	for (i = 0; i < n; i++)
		(void)buf_addc(b, (char)('a' + i % 26));
}

static void
render(struct extsys *es, size_t i)
{
	const struct scheme_item *item = &es->scheme->items[i];
	struct buf *b = &es->body;
	bool bad = item->kind == ITEM_REJECTED || (item->kind == ITEM_CURED && es->items[i].offers < item->cure);

	if (item->version[0] == 'v' && item->version[1] == '2')
		sometimes(DID_VERSION);
	es->items[i].offers++;
	es->served++;
	if (item->kind == ITEM_NO_OBJECT) {
		buf_adds(b, "[\"no object\", 1]");
		return;
	}
	buf_addf(b, "{\"key\": %lld", (long long)item->key);
	if (item->kind == ITEM_BAD_ID)
		buf_adds(b, ", \"id\": {\"no\": \"id\"}");
	else if (item->kind != ITEM_NO_ID)
		buf_addf(b, ", \"id\": %s", item->token);
	if (item->version[0] != '\0')
		buf_addf(b, ", \"version\": \"%s\"", item->version);
	if (bad)
		buf_adds(b, ", \"bad\": \"so it is\"");
	if (item->kind == ITEM_CONSTRAINT)
		buf_adds(b, ", \"narrow\": 99");
	if (item->kind == ITEM_POISON)
		buf_adds(b, ", \"poison\": true");
	if (item->kind == ITEM_KEY_TWICE)
		buf_adds(b, ", \"pad\": 1");
	buf_adds(b, ", \"pad\": \"");
	add_ballast(b, item->pad);
	buf_adds(b, "\"}");
}

static void
render_to(struct extsys *es, size_t i, bool *any)
{
	if (*any)
		buf_adds(&es->body, es->scheme->ndjson ? "\n" : ", ");
	render(es, i);
	*any = true;
}

/* Those from `from` on, as many as a page holds. Returns where the next page begins, 0 if this was the last. */
static int64_t
render_items(struct extsys *es, size_t client, int64_t from, int64_t most)
{
	const struct scheme *p = es->scheme;
	int64_t place = 0, end = most > 0 ? from + most : INT64_MAX;
	bool any = false;
	size_t i;

	for (i = 0; i < p->n_items; i++) {
		if (p->items[i].client != client || !extsys_offers(es, i))
			continue;
		if (place++ < from)
			continue;
		if (place > end)
			return end;
		render_to(es, i, &any);
		if (p->items[i].twice)
			render_to(es, i, &any);
	}
	return 0;
}

void
extsys_give_page(struct extsys *es, size_t client, const char *path, struct offline_answer *out)
{
	const struct scheme *p = es->scheme;
	int64_t at = parameter(path, "at", 0), next;
	const char *format = p->wrapped ? "{\"more\": [0], \"items\": [" : p->ndjson ? "" : "[";

	buf_clear(&es->body);
	buf_adds(&es->body, format);
	if (at > 0)
		sometimes(DID_PAGE);
	next = render_items(
	    es, client, p->pages == PAGES_PAGE ? at * p->page_size : at, p->pages == PAGES_NONE ? 0 : p->page_size);
	if (p->wrapped)
		buf_adds(&es->body, "]");
	if (p->pages == PAGES_NEXT && next > 0)
		buf_addf(&es->body, ", \"next\": \"/c%zu?at=%lld\"", client, (long long)next);
	if (p->pages == PAGES_CURSOR)
		buf_addf(&es->body, next > 0 ? ", \"next\": %lld" : ", \"next\": null", (long long)next);
	if (p->pages == PAGES_LINK && next > 0) {
		snprintf(es->clients[client].link, sizeof(es->clients[client].link), "</c%zu?at=%lld>; rel=\"next\"",
		    client, (long long)next);
		out->link = es->clients[client].link;
	}
	buf_adds(&es->body, p->wrapped ? "}" : p->ndjson ? (p->seed % 2 == 0 ? "\n" : "") : "]");
	out->status = 200;
	out->body = es->body.at;
	out->body_len = es->body.len;
}
