#include "http/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "http/link.h"
#include "http/url.h"

/* The URL with a number as a parameter; NULL: no memory. */
static char *
with_number(const char *url, const char *name, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	return url_with(url, name, text);
}

/* OFFSET and PAGE: the page that where names. */
static char *
numbered(const struct pages *p, int64_t where)
{
	char *url = with_number(p->base, p->plan->param, where), *limited;

	if (url == NULL || p->plan->limit == NULL)
		return url;
	limited = with_number(url, p->plan->limit, p->plan->size);
	free(url);
	return limited;
}

int
pages_first(struct pages *p, const struct pages_plan *plan, const char *url, struct err *e)
{
	bool counts = plan->kind == PAGES_OFFSET || plan->kind == PAGES_PAGE;
	char *bare = NULL;

	*p = (struct pages){ .plan = plan, .mark_at = 1 };
	if (counts) {
		/* A cursor that the job's own query begins with stays: some systems want one on the first page. */
		if ((bare = url_with(url, plan->param, NULL)) != NULL)
			p->base = plan->limit != NULL ? url_with(bare, plan->limit, NULL) : strdup(bare);
		free(bare);
	} else {
		p->base = strdup(url);
	}
	if (p->base == NULL)
		return err_memory(e);
	p->url = counts ? numbered(p, plan->kind == PAGES_PAGE ? plan->first : 0) : strdup(url);
	if (p->url != NULL)
		return 0;
	pages_release(p);
	return err_memory(e);
}

/* The page behind a link: 1 and *to, owned; -1 with e. */
static int
follow(const struct pages *p, const char *link, char **to, struct err *e)
{
	if ((*to = url_follow(p->url, link, e)) != NULL)
		return 1;
	err_prefix(e, "page %lld names its next page, but ", (long long)p->number);
	return -1;
}

/* 1: *to is set, owned; 0: there is no page left; -1 with e. */
static int
find(const struct pages *p, const struct pages_answer *answer, char **to, struct err *e)
{
	const char *target;
	char *link = NULL;
	int64_t where;
	size_t len;
	int rc;

	switch (p->plan->kind) {
	case PAGES_NEXT:
		return answer->captured != NULL && answer->captured[0] != '\0' ? follow(p, answer->captured, to, e) : 0;
	case PAGES_LINK:
		if (answer->link == NULL || (target = link_target(answer->link, "next", &len)) == NULL)
			return 0;
		if ((link = strndup(target, len)) == NULL)
			break;
		rc = follow(p, link, to, e);
		free(link);
		return rc;
	case PAGES_CURSOR:
		if (answer->captured == NULL || answer->captured[0] == '\0')
			return 0;
		*to = url_with(p->base, p->plan->param, answer->captured);
		break;
	case PAGES_OFFSET:
	case PAGES_PAGE:
		if (answer->items <= 0)
			return 0;
		where = p->taken;
		if (p->plan->kind == PAGES_PAGE && __builtin_add_overflow(p->plan->first, p->number, &where))
			where = INT64_MAX;
		*to = numbered(p, where);
		break;
	default:
		return 0;
	}
	if (*to != NULL)
		return 1;
	err_memory(e);
	return -1;
}

/*
 * Has the next page been seen? Brent's way to find a circle of any length
 * with one page remembered: the mark moves to pages 1, 2, 4, 8, …
 */
static int
check_loop(struct pages *p, const char *to, struct err *e)
{
	char *mark;

	if (p->number == p->mark_at) {
		if ((mark = strdup(p->url)) == NULL)
			return err_memory(e);
		free(p->mark);
		p->mark = mark;
		p->mark_at *= 2;
	}
	if (strcmp(to, p->url) != 0 && (p->mark == NULL || strcmp(to, p->mark) != 0))
		return 0;
	return err_set(e, ERR_UNAVAILABLE, "page_loop",
	    "the pages go round in a circle: page %lld names %s as the next", (long long)p->number,
	    strcmp(to, p->url) == 0 ? "itself" : "an earlier one");
}

int
pages_next(struct pages *p, const struct pages_answer *answer, struct err *e)
{
	char *to = NULL;
	int rc;

	p->number++;
	p->taken += answer->items;
	if ((rc = find(p, answer, &to, e)) != 1)
		return rc;
	if (p->number >= BOUND_PAGES) {
		free(to);
		return err_set(
		    e, ERR_UNAVAILABLE, "page_limit", "there is no end to the pages: stopped after %d", BOUND_PAGES);
	}
	if (check_loop(p, to, e) == -1) {
		free(to);
		return -1;
	}
	free(p->url);
	p->url = to;
	return 1;
}

void
pages_release(struct pages *p)
{
	free(p->base);
	free(p->url);
	free(p->mark);
	*p = (struct pages){ 0 };
}

char *
pages_link_next(const char *header)
{
	size_t len;
	const char *target = link_target(header, "next", &len);

	return target != NULL ? strndup(target, len) : NULL;
}
