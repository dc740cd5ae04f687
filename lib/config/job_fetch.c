#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "config/job_parts.h"
#include "config/template.h"

/* What a fetch asks for unless Query says otherwise. */
static const struct {
	const char *name, *value;
} default_query[] = {
	{ "clientId", "{ClientId}" },
	{ "groupId", "{GroupId}" },
	{ "script", "{Script}" },
	{ "days", "{Days}" },
	{ "year", "{Year}" },
};

/* {Id} and {Ids} are an ack's. */
static int
refuse_ids(const struct field *f, bool id, bool ids, struct err *e)
{
	if (!id && !ids)
		return 0;
	return field_fault(f, e, "{%s} is known to Ack alone; a fetch has no ids yet", ids ? "Ids" : "Id");
}

static int
refuse_ids_in_text(const struct field *f, const char *text, struct err *e)
{
	size_t len = strlen(text);

	return refuse_ids(f, template_has(text, len, "Id"), template_has(text, len, "Ids"), e);
}

static int
read_method(void *into, const struct field *f, struct err *e)
{
	static const char *const methods[] = { "GET", "POST" };
	struct job *job = into;
	size_t i;

	if (field_choice(f, methods, 2, &i, e) == -1)
		return -1;
	return field_default(&job->fetch.method, methods[i], e);
}

static int
read_path(void *into, const struct field *f, struct err *e)
{
	struct job *job = into;

	if (field_line(f, BOUND_URL, &job->fetch.path, e) == -1)
		return -1;
	/* Pages and Query add parameters of their own behind it. */
	if (strpbrk(job->fetch.path, "?#") != NULL)
		return field_fault(f, e, "holds a ? or #; put parameters into Fetch.Query");
	return refuse_ids_in_text(f, job->fetch.path, e);
}

/* One at a time: a query has a handful. */
static int
add_query(struct job *job, const char *name, const char *value, struct err *e)
{
	struct job_query *more = reallocarray(job->fetch.query, job->fetch.n_query + 1, sizeof(*more));
	struct job_query *row;

	if (more == NULL)
		return err_memory(e);
	job->fetch.query = more;
	row = &more[job->fetch.n_query++];
	row->name = strdup(name);
	row->value = strdup(value);
	return row->name != NULL && row->value != NULL ? 0 : err_memory(e);
}

/* One parameter: f->name is its name. Numbers and booleans keep their characters. */
static int
read_parameter(struct job *job, const struct field *f, struct err *e)
{
	char *value = NULL;
	int ret = -1;

	switch (f->value.kind) {
	case JSON_NULL:
		return 0;
	case JSON_STRING:
		if (field_text(f, &value, e) == -1 || refuse_ids_in_text(f, value, e) == -1)
			goto out;
		break;
	case JSON_NUMBER:
	case JSON_TRUE:
	case JSON_FALSE:
		if ((value = strndup(f->value.at, f->value.len)) == NULL) {
			err_memory(e);
			goto out;
		}
		break;
	default:
		return field_wrong(f, "a string, a number, true, false or null", e);
	}
	ret = add_query(job, f->name, value, e);
out:
	free(value);
	return ret;
}

/* *name is kept from one to the next. */
static int
read_member(struct job *job, const struct field *f, const struct json_member *m, char **name, struct err *e)
{
	struct field parameter = field_below(f, "Fetch.Query", "");

	parameter.value = m->key;
	if (field_text(&parameter, name, e) == -1)
		return -1;
	if ((*name)[0] == '\0')
		return field_fault(&parameter, e, "a parameter has no name; give it one");
	parameter.name = *name;
	parameter.value = m->value;
	return read_parameter(job, &parameter, e);
}

/* null, for the whole of it, is no parameter at all. */
static int
read_query(void *into, const struct field *f, struct err *e)
{
	struct job *job = into;
	struct json_members m = { 0 };
	char *name = NULL;
	size_t i;
	int ret;

	/* No longer NULL, even if nothing is in it: the default does not apply. */
	if ((job->fetch.query = calloc(1, sizeof(*job->fetch.query))) == NULL)
		return err_memory(e);
	if (f->value.kind == JSON_NULL)
		return 0;
	ret = field_members(f, &m, e);
	for (i = 0; i < m.n && field_goes_on(f, ret, e); i++)
		ret |= read_member(job, f, &m.at[i], &name, e);
	free(name);
	json_members_release(&m);
	return ret;
}

static int
read_body(void *into, const struct field *f, struct err *e)
{
	struct job *job = into;

	job->fetch.body = f->value;
	return refuse_ids(f, template_body_has(f->value, "Id"), template_body_has(f->value, "Ids"), e);
}

static int
read_format(void *into, const struct field *f, struct err *e)
{
	static const char *const formats[] = { "json", "ndjson" };
	struct job *job = into;
	size_t i;

	if (field_choice(f, formats, 2, &i, e) == -1)
		return -1;
	job->fetch.format = i == 0 ? STREAM_JSON : STREAM_NDJSON;
	return 0;
}

static int
read_items(void *into, const struct field *f, struct err *e)
{
	return field_pointer(f, &((struct job *)into)->fetch.items, e);
}

static int
read_item_id(void *into, const struct field *f, struct err *e)
{
	struct job *job = into;

	if (field_pointer(f, &job->fetch.item_id, e) == -1)
		return -1;
	/* An item is an object, so it cannot be its own id. */
	return job->fetch.item_id.n > 0 ? 0 : field_fault(f, e, "is empty; give the way to an item's id, such as /id");
}

static int
read_item_version(void *into, const struct field *f, struct err *e)
{
	struct job *job = into;

	if (field_pointer(f, &job->fetch.item_version, e) == -1)
		return -1;
	job->fetch.has_version = true;
	if (job->fetch.item_version.n > 0)
		return 0;
	return field_fault(f, e, "is empty; give the way to an item's version, such as /updatedAt, or leave it out");
}

/* Keys that are each fine alone, and not together. */
static int
check_fit(const struct job *job, const struct field *fetch, struct err *e)
{
	bool post = strcmp(job->fetch.method, "POST") == 0;
	bool inside = job->fetch.pages.plan.kind == PAGES_NEXT || job->fetch.pages.plan.kind == PAGES_CURSOR;
	bool lines = job->fetch.format == STREAM_NDJSON;
	struct field body = field_below(fetch, "Fetch", "Body"), items = field_below(fetch, "Fetch", "Items");
	struct field pages =
	    field_below(fetch, "Fetch.Pages", job->fetch.pages.plan.kind == PAGES_NEXT ? "Next" : "Cursor");
	int ret = 0;

	if (job->fetch.body.kind != JSON_ABSENT && !post)
		ret = field_fault(&body, e, "goes with \"Method\": \"POST\" alone, found GET");
	if (field_goes_on(fetch, ret, e) && lines && job->fetch.items.n > 0)
		ret = field_fault(&items, e,
		    "with \"Format\": \"ndjson\" each line is an item; leave it out or empty, found a pointer");
	if (field_goes_on(fetch, ret, e) && lines && inside)
		return field_fault(&pages, e, "an ndjson answer has no place for it; give Link, Offset or Page");
	if (field_goes_on(fetch, ret, e) && job->fetch.items.n == 0 && inside)
		return field_fault(
		    &pages, e, "stands beside the items, so Fetch.Items must name their array, such as /items");
	return ret;
}

int
job_read_fetch(void *into, const struct field *f, struct err *e)
{
	static const struct field_row rows[] = {
		{ "Method", read_method, false },
		{ "Path", read_path, false },
		{ "Query", read_query, true },
		{ "Body", read_body, false },
		{ "Format", read_format, false },
		{ "Items", read_items, false },
		{ "ItemId", read_item_id, false },
		{ "ItemVersion", read_item_version, false },
		{ "Pages", job_read_pages, false },
	};
	struct job *job = into;

	/* Judged together only when each is fine alone. */
	return field_object(f, rows, sizeof(rows) / sizeof(rows[0]), into, e) == 0 && job_finish_fetch(job, e) == 0
	    ? check_fit(job, f, e)
	    : -1;
}

int
job_finish_fetch(struct job *job, struct err *e)
{
	bool absent = job->fetch.query == NULL;
	size_t i;

	for (i = 0; absent && i < sizeof(default_query) / sizeof(default_query[0]); i++)
		if (add_query(job, default_query[i].name, default_query[i].value, e) == -1)
			return -1;
	if (field_default(&job->fetch.method, "GET", e) == -1 || field_default(&job->fetch.path, "{Route}", e) == -1)
		return -1;
	if (job->fetch.items.text == NULL && json_pointer_parse(&job->fetch.items, "", e) == -1)
		return -1;
	return job->fetch.item_id.text == NULL ? json_pointer_parse(&job->fetch.item_id, "/id", e) : 0;
}
