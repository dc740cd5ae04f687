#include "fetch.h"

#include <stdlib.h>
#include <string.h>

#include "bounds.h"

/* One page of the open records: those with seq in [from, end). */
struct page {
	int64_t from, end;
	int64_t after; /* where the next page goes on; -1: this is the last */
};

/* What makes a cursor opaque: whoever counts with it gets nonsense. */
#define CURSOR_MASK 0x5bd1e995a3c49f17

/* A real cursor is base64 and must be encoded in a URL; this tail makes ours so. */
#define CURSOR_TAIL "+/="

/* Refuses a request that names no client. */
static bool
has_client(const struct request *r, struct answer *a)
{
	if (r->scope.client == NULL)
		answer_problem(a, 400, "clientId is missing");
	return r->scope.client != NULL;
}

/* Makes the answer a stream of these records. */
static int
answer_feed(struct service *s, const struct request *r, struct answer *a, const struct page *page, bool lines,
    const char *prefix, const char *suffix, struct err *e)
{
	a->feed = feed_new(&s->store, &r->scope, page->from, page->end, lines, prefix, suffix);
	return a->feed == NULL ? err_memory(e) : 0;
}

static int
answer_all(struct service *s, struct request *r, struct answer *a, bool lines, struct err *e)
{
	struct page page = { .from = 0, .after = -1 };

	if (!has_client(r, a))
		return 0;
	/* What is posted while the answer streams belongs to the next one. */
	if (record_end(&s->store, &page.end, e) == -1)
		return -1;
	return answer_feed(s, r, a, &page, lines, lines ? "" : "[", lines ? "" : "]", e);
}

int
fetch_all(struct service *s, struct request *r, struct answer *a, struct err *e)
{
	return answer_all(s, r, a, false, e);
}

int
fetch_lines(struct service *s, struct request *r, struct answer *a, struct err *e)
{
	if (answer_header(a, "Content-Type", "application/x-ndjson") == -1)
		return err_memory(e);
	return answer_all(s, r, a, true, e);
}

/* Finds the page of `size` records past `after`, `offset` records on. 0, or -1. */
static int
find_page(struct service *s, const struct request *r, int64_t after, int64_t offset, int64_t size, struct page *page,
    struct err *e)
{
	int64_t beyond;
	int got;

	*page = (struct page){ .after = -1 };
	if ((got = record_at(&s->store, &r->scope, after, offset, &page->from, e)) != 1)
		return got;
	if ((got = record_at(&s->store, &r->scope, page->from - 1, size, &beyond, e)) == -1)
		return -1;
	if (got == 1) {
		page->end = beyond;
		page->after = beyond - 1;
		return 0;
	}
	return record_end(&s->store, &page->end, e);
}

/* The page size that the parameter asks for, as far as we go along. False: the answer says what is wrong. */
static bool
page_size(const struct request *r, const char *name, int64_t *size, struct answer *a)
{
	struct err e;

	*size = BOUND_PAGE_DEFAULT;
	if (params_number(&r->params, name, 1, INT64_MAX, size, &e) == -1) {
		answer_problem(a, 400, "%s", e.text);
		return false;
	}
	if (*size > BOUND_PAGE_MOST)
		*size = BOUND_PAGE_MOST;
	return true;
}

/* The page that follows the one whose last record is parameter `after`. 1; 0: the answer says what is wrong; -1. */
static int
page_after(struct service *s, const struct request *r, struct answer *a, struct page *page, struct err *e)
{
	int64_t size, after = 0;

	if (!has_client(r, a) || !page_size(r, "size", &size, a))
		return 0;
	if (params_number(&r->params, "after", 0, INT64_MAX, &after, e) == -1) {
		answer_problem(a, 400, "%s", e->text);
		return 0;
	}
	return find_page(s, r, after, 0, size, page, e) == -1 ? -1 : 1;
}

/* The path and query of the next page. */
static void
add_next(const struct request *r, const struct page *page, struct buf *out)
{
	buf_addf(out, "%s?", r->path);
	params_write(&r->params, "after", out);
	buf_addf(out, "after=%lld", (long long)page->after);
}

int
fetch_next(struct service *s, struct request *r, struct answer *a, struct err *e)
{
	struct page page;
	struct buf tail;
	int rc;

	if ((rc = page_after(s, r, a, &page, e)) != 1)
		return rc;
	buf_init(&tail, BOUND_ANSWER);
	buf_adds(&tail, "],\"next\":");
	if (page.after >= 0) {
		/* Percent-encoded, so nothing in it needs an escape. */
		buf_addc(&tail, '"');
		add_next(r, &page, &tail);
		buf_adds(&tail, "\"}");
	} else {
		buf_adds(&tail, "null}");
	}
	rc = buf_failed(&tail) ? err_memory(e) : answer_feed(s, r, a, &page, false, "{\"items\":[", buf_text(&tail), e);
	buf_release(&tail);
	return rc;
}

int
fetch_link(struct service *s, struct request *r, struct answer *a, struct err *e)
{
	struct page page;
	struct buf link;
	int rc;

	if ((rc = page_after(s, r, a, &page, e)) != 1)
		return rc;
	buf_init(&link, BOUND_ANSWER);
	if (page.after >= 0) {
		buf_addc(&link, '<');
		add_next(r, &page, &link);
		buf_adds(&link, ">; rel=\"next\"");
	}
	if (buf_failed(&link) || (link.len > 0 && answer_header(a, "Link", buf_text(&link)) == -1))
		rc = err_memory(e);
	else
		rc = answer_feed(s, r, a, &page, false, "[", "]", e);
	buf_release(&link);
	return rc;
}

/* Reads back what fetch_cursor gave out. 0, or -1 for a cursor that is not ours. */
static int
parse_cursor(const char *cursor, int64_t *after)
{
	uint64_t value;
	char *end;

	*after = 0;
	if (cursor == NULL)
		return 0;
	if (strspn(cursor, "0123456789abcdef") != 16)
		return -1;
	value = strtoull(cursor, &end, 16) ^ CURSOR_MASK;
	if (value > INT64_MAX || strcmp(end, CURSOR_TAIL) != 0)
		return -1;
	*after = (int64_t)value;
	return 0;
}

int
fetch_cursor(struct service *s, struct request *r, struct answer *a, struct err *e)
{
	char tail[80] = "]},\"cursor\":null}";
	int64_t size, after;
	struct page page;

	if (!has_client(r, a) || !page_size(r, "size", &size, a))
		return 0;
	if (parse_cursor(params_get(&r->params, "cursor"), &after) == -1) {
		answer_problem(a, 400, "this is no cursor of ours");
		return 0;
	}
	if (find_page(s, r, after, 0, size, &page, e) == -1)
		return -1;
	if (page.after >= 0)
		snprintf(tail, sizeof(tail), "]},\"cursor\":\"%016llx%s\"}",
		    (unsigned long long)((uint64_t)page.after ^ CURSOR_MASK), CURSOR_TAIL);
	return answer_feed(s, r, a, &page, false, "{\"data\":{\"items\":[", tail, e);
}

/* A bare array of the page at that offset. */
static int
answer_counted(struct service *s, struct request *r, struct answer *a, int64_t offset, int64_t size, struct err *e)
{
	struct page page;

	if (find_page(s, r, 0, offset, size, &page, e) == -1)
		return -1;
	return answer_feed(s, r, a, &page, false, "[", "]", e);
}

int
fetch_offset(struct service *s, struct request *r, struct answer *a, struct err *e)
{
	int64_t size, offset = 0;

	if (!has_client(r, a) || !page_size(r, "limit", &size, a))
		return 0;
	if (params_number(&r->params, "offset", 0, INT64_MAX, &offset, e) == -1) {
		answer_problem(a, 400, "%s", e->text);
		return 0;
	}
	return answer_counted(s, r, a, offset, size, e);
}

int
fetch_page(struct service *s, struct request *r, struct answer *a, struct err *e)
{
	int64_t size, number = 1;

	if (!has_client(r, a) || !page_size(r, "per_page", &size, a))
		return 0;
	if (params_number(&r->params, "page", 1, INT64_MAX / BOUND_PAGE_MOST, &number, e) == -1) {
		answer_problem(a, 400, "%s", e->text);
		return 0;
	}
	return answer_counted(s, r, a, (number - 1) * size, size, e);
}
