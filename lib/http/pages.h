/*
 * Which page comes next: a pure function of the plan, the last URL and the last answer.
 */
#ifndef HTTP_PAGES_H
#define HTTP_PAGES_H

#include <stdint.h>

#include "base/err.h"

enum pages_kind { PAGES_NONE, PAGES_NEXT, PAGES_LINK, PAGES_CURSOR, PAGES_OFFSET, PAGES_PAGE };

/* Borrowed from the job. */
struct pages_plan {
	enum pages_kind kind;
	const char *param, *limit; /* limit may be NULL */
	int64_t first, size;       /* first: PAGES_PAGE alone; an offset begins at 0 */
};

/* Where a fetch stands. Zero-initialise, then pages_first(). */
struct pages {
	const struct pages_plan *plan;
	char *base;      /* owned: the first page's URL without the page's parameters */
	char *url;       /* owned: the page to fetch */
	char *mark;      /* owned: a page seen, that no later one may lead back to */
	int64_t mark_at; /* the page at which mark moves on */
	int64_t number;  /* pages taken so far */
	int64_t taken;   /* items taken so far */
};

/* What the last page answered. Borrowed. */
struct pages_answer {
	int64_t items;
	const char *captured; /* PAGES_NEXT, PAGES_CURSOR: the value's text; NULL if absent, null or "" */
	const char *link;     /* PAGES_LINK: the Link header's value(s), joined by commas; NULL if none */
};

/* url is the rendered fetch URL. 0: p->url is the first page. -1: e. */
int pages_first(struct pages *p, const struct pages_plan *plan, const char *url, struct err *e);

/*
 * 1: p->url is the next page; 0: that was the last; -1: e: a link to another
 * origin, a page that leads back to itself or to an earlier one ("page_loop": found within three
 * rounds at the latest), more than BOUND_PAGES ("page_limit").
 * OFFSET and PAGE: a page with no item is the last; the offset grows by what
 * was received, so that a server that gives less than Limit loses nothing.
 */
int pages_next(struct pages *p, const struct pages_answer *answer, struct err *e);
void pages_release(struct pages *p);

/*
 * The target of rel="next" in a Link header (RFC 8288), owned; NULL if there
 * is none. The first one counts; a link with an anchor speaks of another document and is passed over.
 */
char *pages_link_next(const char *header);

#endif
