#include "run/refused.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "json/value.h"

/* An item of the batch, sorted by the characters of its id. */
struct named {
	const char *id;
	size_t len, index;
};

static int
compare(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = memcmp(x->id, y->id, x->len < y->len ? x->len : y->len);

	return order != 0 ? order : x->len < y->len ? -1 : x->len > y->len;
}

static void
mark(struct named *sorted, size_t n, const char *id, size_t len, bool *refused)
{
	struct named wanted = { id, len, 0 };
	struct named *found = bsearch(&wanted, sorted, n, sizeof(*sorted), compare);

	if (found == NULL)
		return;
	/* Two versions of an item, or 7 and "7", have the same characters: all of them. */
	while (found > sorted && compare(found - 1, &wanted) == 0)
		found--;
	for (; found < sorted + n && compare(found, &wanted) == 0; found++)
		refused[found->index] = true;
}

static int
mark_all(struct json_value ids, struct named *sorted, size_t n, bool *refused, struct err *e)
{
	struct json_value id;
	struct buf text;
	size_t at = 0;
	int ret = 0;

	buf_init(&text, BOUND_ACK_ANSWER);
	while (ret == 0 && json_array_next(ids, &at, &id)) {
		buf_clear(&text);
		if (id.kind == JSON_NUMBER)
			mark(sorted, n, id.at, id.len, refused);
		else if (id.kind == JSON_STRING && json_text(id, &text) == 0)
			mark(sorted, n, buf_text(&text), text.len, refused);
		else
			ret = err_set(e, ERR_UNAVAILABLE, "ack_unreadable", "the list of refused ids holds %s",
			    json_kind_name(id.kind));
	}
	buf_release(&text);
	return ret;
}

int
refused_read(const struct json_pointer *where, const char *answer, size_t len, const struct ledger_owed *batch,
    bool *refused, struct err *e)
{
	struct named *sorted = NULL;
	struct json_value root, ids;
	size_t i;
	int ret;

	if (json_check(answer, len, &root, e) == -1) {
		e->kind = ERR_UNAVAILABLE;
		memcpy(e->code, "ack_unreadable", sizeof("ack_unreadable"));
		return err_prefix(e, "the answer to an ack is no JSON, so it counts as not acknowledged: ");
	}
	ids = json_find(root, where);
	if (ids.kind == JSON_ABSENT || ids.kind == JSON_NULL)
		return 0;
	if (ids.kind != JSON_ARRAY)
		return err_set(e, ERR_UNAVAILABLE, "ack_unreadable",
		    "the answer to an ack has %s where Rejected points, not an array", json_kind_name(ids.kind));
	if ((sorted = calloc(batch->n + 1, sizeof(*sorted))) == NULL)
		return err_memory(e);
	for (i = 0; i < batch->n; i++)
		sorted[i] = (struct named){ batch->at[i].id, batch->at[i].id_len, i };
	qsort(sorted, batch->n, sizeof(*sorted), compare);
	ret = mark_all(ids, sorted, batch->n, refused, e);
	free(sorted);
	return ret;
}
