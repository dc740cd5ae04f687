#include "run/item.h"

#include <string.h>

#include "base/bounds.h"

void
item_init(struct item *item)
{
	*item = (struct item){ 0 };
	buf_init(&item->id, BOUND_ITEM_ID);
	buf_init(&item->version, BOUND_ITEM_ID);
}

void
item_release(struct item *item)
{
	json_members_release(&item->members);
	buf_release(&item->id);
	buf_release(&item->version);
}

/* A number's digits or a string's characters: 0; 1 it is neither, empty, too long or no Unicode. */
static int
characters(struct json_value value, struct buf *scratch, const char **at, size_t *len)
{
	if (value.kind == JSON_NUMBER) {
		*at = value.at;
		*len = value.len;
	} else if (value.kind != JSON_STRING) {
		return 1;
	} else if (memchr(value.at, '\\', value.len) == NULL) {
		*at = value.at + 1;
		*len = value.len - 2;
	} else {
		buf_clear(scratch);
		if (json_text(value, scratch) != 0)
			return 1;
		*at = scratch->at;
		*len = scratch->len;
	}
	return *len == 0 || *len > BOUND_ITEM_ID;
}

static int
read_version(struct item *item, const struct job *job, struct json_value text, struct err *why)
{
	struct json_value value;

	item->key.version = "";
	item->key.version_len = 0;
	if (!job->fetch.has_version)
		return 0;
	value = json_find(text, &job->fetch.item_version);
	if (value.kind == JSON_ABSENT || value.kind == JSON_NULL)
		return 0;
	if (characters(value, &item->version, &item->key.version, &item->key.version_len) == 0)
		return 0;
	err_set(why, ERR_ITEM, "item_bad_version", "its version (id %.*s) is %s, not a short string or a number",
	    (int)(item->key.id_len > 100 ? 100 : item->key.id_len), item->key.id, json_kind_name(value.kind));
	/* Without it this could be any version of the item: none of them is meant beyond doubt. */
	item->key.id_len = 0;
	return 1;
}

static int
read_id(struct item *item, const struct job *job, struct json_value text, struct err *why)
{
	struct json_value id = json_find(text, &job->fetch.item_id);

	if (id.kind == JSON_ABSENT || id.kind == JSON_NULL) {
		err_set(why, ERR_ITEM, "item_no_id", "it has no id where Fetch.ItemId points");
		return 1;
	}
	if (characters(id, &item->id, &item->key.id, &item->key.id_len) != 0) {
		item->key.id_len = 0;
		err_set(why, ERR_ITEM, "item_bad_id",
		    "its id is %s; an id is a number, or a string of 1 to %d bytes of Unicode",
		    id.kind != JSON_STRING && id.kind != JSON_NUMBER ? json_kind_name(id.kind)
		        : id.len == 2                                ? "empty"
		        : id.len > BOUND_ITEM_ID                     ? "too long"
		                                                     : "no Unicode",
		    BOUND_ITEM_ID);
		return 1;
	}
	item->key.quoted = id.kind == JSON_STRING;
	return 0;
}

/* Does more than one member lead to where the pointer points? */
static bool
doubtful(const struct item *item, const struct json_pointer *p)
{
	size_t i, n = 0;

	for (i = 0; p->n > 0 && i < item->members.n; i++)
		n += json_string_is(item->members.at[i].key, p->token[0], p->len[0]);
	return n > 1;
}

/* A key is there twice: if it leads to the id or the version, then which item this is, is not beyond doubt. */
static void
say_twice(struct item *item, const struct job *job, size_t twice, struct err *why)
{
	struct json_value key = item->members.at[twice].key;

	if (doubtful(item, &job->fetch.item_id) || (job->fetch.has_version && doubtful(item, &job->fetch.item_version)))
		item->key.id_len = 0;
	err_set(
	    why, ERR_ITEM, "item_key_twice", "it has the key %.*s twice", (int)(key.len > 100 ? 100 : key.len), key.at);
}

int
item_read(struct item *item, const struct job *job, struct json_value text, struct err *why)
{
	size_t twice = 0;
	int seen;

	item->key = (struct ledger_key){ .id = "", .version = "" };
	item->members.n = 0;
	if (text.kind != JSON_OBJECT) {
		err_set(why, ERR_ITEM, "item_no_object", "it is %s, not an object", json_kind_name(text.kind));
		return 1;
	}
	if ((seen = json_members_read(&item->members, text, &twice)) == -1)
		return err_memory(why);
	if (read_id(item, job, text, why) == 1)
		return 1;
	if (read_version(item, job, text, why) == 1)
		return 1;
	if (seen == 1)
		say_twice(item, job, twice, why);
	return seen;
}
