#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "config/job_parts.h"

/* The name of a query parameter. */
#define PARAMETER_BYTES 200

/* A way to page: the key that names it, the keys that go with it, and what they are if absent. */
static const struct way {
	const char *name;
	enum pages_kind kind;
	const char *with[3];
	const char *limit;
} ways[] = {
	{ "Next", PAGES_NEXT, { NULL }, NULL },
	{ "Link", PAGES_LINK, { NULL }, NULL },
	{ "Cursor", PAGES_CURSOR, { "Param" }, NULL },
	{ "Offset", PAGES_OFFSET, { "Limit", "Size" }, "limit" },
	{ "Page", PAGES_PAGE, { "First", "Limit", "Size" }, "per_page" },
};

static int
read_pointer(void *into, const struct field *f, struct err *e)
{
	struct job_pages *pages = into;

	if (field_pointer(f, &pages->pointer, e) == -1)
		return -1;
	return pages->pointer.n > 0 ? 0 : field_fault(f, e, "is empty; give a place in the answer, such as /next");
}

static int
read_link(void *into, const struct field *f, struct err *e)
{
	bool link;

	(void)into;
	if (field_bool(f, &link, e) == -1)
		return -1;
	return link ? 0 : field_fault(f, e, "give true, or \"Pages\": null for none; found false");
}

static int
read_param(void *into, const struct field *f, struct err *e)
{
	return field_line(f, PARAMETER_BYTES, &((struct job_pages *)into)->param, e);
}

/* null: the size is the server's own. */
static int
read_limit(void *into, const struct field *f, struct err *e)
{
	struct job_pages *pages = into;

	if (f->value.kind != JSON_NULL)
		return field_line(f, PARAMETER_BYTES, &pages->limit, e);
	free(pages->limit);
	pages->limit = NULL;
	return 0;
}

static int
read_size(void *into, const struct field *f, struct err *e)
{
	return field_int(f, 1, BOUND_PAGE_SIZE, &((struct job_pages *)into)->plan.size, e);
}

static int
read_first(void *into, const struct field *f, struct err *e)
{
	return field_int(f, 0, INT32_MAX, &((struct job_pages *)into)->plan.first, e);
}

/* The ways first, as in ways; then what goes with them. */
static const struct field_row rows[] = {
	{ "Next", read_pointer, false },
	{ "Link", read_link, false },
	{ "Cursor", read_pointer, false },
	{ "Offset", read_param, false },
	{ "Page", read_param, false },
	{ "Param", read_param, false },
	{ "Limit", read_limit, true },
	{ "Size", read_size, false },
	{ "First", read_first, false },
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))
#define N_WAYS (sizeof(ways) / sizeof(ways[0]))

/* The one way that the members name, or NULL. */
static const struct way *
find_way(const struct json_members *m)
{
	const struct way *found = NULL;
	enum json_kind kind;
	size_t i;

	for (i = 0; i < N_WAYS; i++) {
		kind = json_members_get(m, ways[i].name, strlen(ways[i].name)).kind;
		if (kind == JSON_ABSENT || kind == JSON_NULL)
			continue;
		if (found != NULL)
			return NULL;
		found = &ways[i];
	}
	return found;
}

/* Refuses Size with Cursor, and the like. */
static int
check_company(const struct field *f, const struct json_members *m, const struct way *way, struct err *e)
{
	struct field child = field_below(f, "Fetch.Pages", "");
	size_t i, k;
	int ret = 0;

	for (i = N_WAYS; i < N_ROWS && field_goes_on(f, ret, e); i++) {
		child.name = rows[i].name;
		if (json_members_get(m, child.name, strlen(child.name)).kind == JSON_ABSENT)
			continue;
		for (k = 0; k < 3 && way->with[k] != NULL && strcmp(way->with[k], child.name) != 0; k++)
			continue;
		if (k == 3 || way->with[k] == NULL)
			ret = field_fault(&child, e, "does not go with %s; remove it", way->name);
	}
	return ret;
}

/* What is as the way to page has it, unless its keys say otherwise: before they are read, for a Limit of null. */
static int
begin(struct job_pages *pages, const struct way *way, struct err *e)
{
	pages->plan.kind = way->kind;
	pages->plan.first = 1;
	pages->plan.size = 500;
	return way->limit != NULL ? field_default(&pages->limit, way->limit, e) : 0;
}

static int
finish(struct job_pages *pages, struct err *e)
{
	if (pages->plan.kind == PAGES_CURSOR && field_default(&pages->param, "cursor", e) == -1)
		return -1;
	pages->plan.param = pages->param;
	pages->plan.limit = pages->limit;
	return 0;
}

int
job_read_pages(void *into, const struct field *f, struct err *e)
{
	struct job_pages *pages = &((struct job *)into)->fetch.pages;
	struct json_members m = { 0 };
	const struct way *way;
	int ret;

	if (field_members(f, &m, e) == -1)
		return -1;
	ret = field_known(f, &m, rows, N_ROWS, NULL, 0, e);
	/* An unknown key may have been meant for the way that is missing. */
	if ((way = find_way(&m)) == NULL && ret == 0)
		ret = field_fault(f, e, "give one of Next, Link, Cursor, Offset, Page");
	if (way != NULL && field_goes_on(f, ret, e))
		ret |= check_company(f, &m, way, e);
	if (way != NULL && field_goes_on(f, ret, e))
		ret |= begin(pages, way, e);
	if (field_goes_on(f, ret, e))
		ret |= field_rows(f, &m, rows, N_ROWS, pages, e);
	if (ret == 0)
		ret = finish(pages, e);
	json_members_release(&m);
	return ret;
}
