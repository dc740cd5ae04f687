#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bounds.h"
#include "http/pages.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

static void
pages_link_next__reads_rfc_8288(void **state)
{
	static const struct {
		const char *header, *target, *reason;
	} rows[] = {
		{ "<https://h/p2>; rel=\"next\"", "https://h/p2", "the usual" },
		{ "<?p=2>;rel=next", "?p=2", "no quotes" },
		{ "</p2>; REL=\"NEXT\"", "/p2", "case does not matter" },
		{ "</p0>; rel=\"prev\", </p2>; rel=\"next\"", "/p2", "the second link" },
		{ "</p2>; rel=\"prev next last\"", "/p2", "several types" },
		{ "</p2>; rel=\"prev\tnext\"", "/p2", "a tab apart" },
		{ "</p2>; title=\"a, b; rel=last\"; rel=\"next\"", "/p2", "a quoted comma" },
		{ "</p0>; title=\"x\\\", <evil>; rel=next\"; rel=prev, </p2>; rel=next", "/p2", "a quoted quote" },
		{ "</p2>; title*=UTF-8''n%c3%a4chste; rel=next", "/p2", "an extended parameter" },
		{ "</p2>; rel = \"next\" ", "/p2", "blanks about" },
		{ "  , ,</p2> ;rel=next", "/p2", "empty elements" },
		{ "<a,b;c>; rel=next", "a,b;c", "separators within the target" },
		{ "< /p2 >; rel=next", "/p2", "blanks within" },
		{ "</a>; rel=next, </b>; rel=next", "/a", "the first counts" },
		{ "</p2>; flag; rel=next", "/p2", "a parameter with no value" },
		{ "</p2>; x=\"a\"junk,; rel=next, </p3>; rel=next", NULL, "what follows an empty element is no link" },
		{ "</p2>; x=\"a\"ju\"n,k\"; rel=next", "/p2", "junk behind a value" },
		{ "<>; rel=next", "", "an empty target is a target" },
		{ "</p2>; rel=prev; rel=next", NULL, "only the first rel counts" },
		{ "</p2>; anchor=\"/other\"; rel=next", NULL, "speaks of another document" },
		{ "</p2>; rel=nextish", NULL, "a longer word" },
		{ "</p2>; rel=\"\"", NULL, "no type" },
		{ "</p2>; rel", NULL, "no value" },
		{ "</p2>", NULL, "no rel" },
		{ "</p2", NULL, "no end" },
		{ "/p2; rel=next", NULL, "no target" },
		{ "</p2>; rel=\"next", "/p2", "no closing quote" },
		{ "</p2>; rel=\"prev\\", NULL, "a backslash at the end" },
		{ "", NULL, "empty" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		char *target = pages_link_next(rows[i].header);

		if ((target == NULL) != (rows[i].target == NULL) ||
		    (target != NULL && strcmp(target, rows[i].target) != 0))
			fail_msg("%s (%s): %s", rows[i].header, rows[i].reason, target != NULL ? target : "none");
		free(target);
	}
}

/* Each row is a fetch: what each page answers, and the URLs that were asked for. */
static void
pages__go_on_as_planned(void **state)
{
	static const struct {
		struct pages_plan plan;
		const char *url;
		struct pages_answer answers[4];
		const char *urls[4]; /* the first, then each next one; NULL: it ended there */
		const char *reason;
	} rows[] = {
		{ { .kind = PAGES_NONE }, "https://h/a?x=1", { { .items = 5 } }, { "https://h/a?x=1" }, "one page" },

		{ { .kind = PAGES_NEXT }, "https://h/a?x=1",
		    { { .captured = "/a?p=2" }, { .captured = "?p=3" }, { 0 } },
		    { "https://h/a?x=1", "https://h/a?p=2", "https://h/a?p=3" }, "links, relative" },
		{ { .kind = PAGES_NEXT }, "https://h/a", { { .captured = "https://h:443/b" }, { .captured = "" } },
		    { "https://h/a", "https://h:443/b" }, "absolute; an empty one is none" },

		{ { .kind = PAGES_LINK }, "https://h/a",
		    { { .link = "</a?p=2>; rel=next" }, { .link = "</a>; rel=first" } },
		    { "https://h/a", "https://h/a?p=2" }, "by header" },
		{ { .kind = PAGES_LINK }, "https://h/a", { { .link = NULL } }, { "https://h/a" }, "no header" },

		{ { .kind = PAGES_CURSOR, .param = "cursor" }, "https://h/a?x=1",
		    { { .captured = "a+b/c==" }, { .captured = "2" }, { 0 } },
		    { "https://h/a?x=1", "https://h/a?x=1&cursor=a%2Bb%2Fc%3D%3D", "https://h/a?x=1&cursor=2" },
		    "cursors, encoded" },
		{ { .kind = PAGES_CURSOR, .param = "cursor" }, "https://h/a?cursor=*",
		    { { .captured = "2" }, { .captured = "" } }, { "https://h/a?cursor=*", "https://h/a?cursor=2" },
		    "a first cursor of the job's own" },

		{ { .kind = PAGES_OFFSET, .param = "offset", .limit = "limit", .size = 100, .first = 1 },
		    "https://h/a?x=1", { { .items = 100 }, { .items = 40 }, { .items = 0 } },
		    { "https://h/a?x=1&offset=0&limit=100", "https://h/a?x=1&offset=100&limit=100",
		        "https://h/a?x=1&offset=140&limit=100" },
		    "by what was received; a short page is not the last" },
		{ { .kind = PAGES_OFFSET, .param = "skip", .size = 100 }, "https://h/a?skip=7", { { .items = 0 } },
		    { "https://h/a?skip=0" }, "no limit; a parameter of that name is replaced" },

		{ { .kind = PAGES_PAGE, .param = "page", .limit = "per_page", .size = 50, .first = 1 },
		    "https://h/a?per_page=9", { { .items = 50 }, { .items = 1 }, { .items = 0 } },
		    { "https://h/a?page=1&per_page=50", "https://h/a?page=2&per_page=50",
		        "https://h/a?page=3&per_page=50" },
		    "by number" },
		{ { .kind = PAGES_PAGE, .param = "page", .first = 0 }, "https://h/a",
		    { { .items = 1 }, { .items = 0 } }, { "https://h/a?page=0", "https://h/a?page=1" }, "from 0" },
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		struct err e = ERR_INIT;
		struct pages p = { 0 };
		int more = 1;

		assert_int_equal(pages_first(&p, &rows[i].plan, rows[i].url, &e), 0);
		for (j = 0; more == 1; j++) {
			if (rows[i].urls[j] == NULL || strcmp(p.url, rows[i].urls[j]) != 0)
				fail_msg("%s, page %zu: %s", rows[i].reason, j + 1, p.url);
			more = pages_next(&p, &rows[i].answers[j], &e);
		}
		if (more == -1 || rows[i].urls[j] != NULL)
			fail_msg("%s: ended after page %zu: %s", rows[i].reason, j, e.text);
		pages_release(&p);
	}
}

static void
pages__refuse_what_leads_astray(void **state)
{
	static const struct {
		enum pages_kind kind;
		const char *captured, *link, *code, *reason;
	} rows[] = {
		{ PAGES_NEXT, "https://evil/a", NULL, "link_other_origin", "another host" },
		{ PAGES_NEXT, "http://h/a", NULL, "link_other_origin", "another scheme" },
		{ PAGES_NEXT, "//evil/a", NULL, "link_other_origin", "another host" },
		{ PAGES_NEXT, "file:///etc/passwd", NULL, "link_invalid", "a file" },
		{ PAGES_NEXT, "/a\r\nX: y", NULL, "link_invalid", "a line break" },
		{ PAGES_NEXT, "/a?x=1", NULL, "page_loop", "itself" },
		{ PAGES_NEXT, "#top", NULL, "page_loop", "itself" },
		{ PAGES_LINK, NULL, "<https://evil/>; rel=next", "link_other_origin", "another host" },
		{ PAGES_LINK, NULL, "<>; rel=next", "page_loop", "itself" },
	};
	struct pages_plan plan = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		struct pages_answer answer = { 1, rows[i].captured, rows[i].link };
		struct err e = ERR_INIT;
		struct pages p = { 0 };

		plan.kind = rows[i].kind;
		assert_int_equal(pages_first(&p, &plan, "https://h/a?x=1", &e), 0);
		if (pages_next(&p, &answer, &e) != -1 || strcmp(e.code, rows[i].code) != 0 || e.kind != ERR_UNAVAILABLE)
			fail_msg("%s: %s %s", rows[i].reason, e.code, e.text);
		pages_release(&p);
	}
}

static void
pages__find_a_circle_of_any_length(void **state)
{
	static const struct pages_plan plan = { .kind = PAGES_CURSOR, .param = "c" };
	int length, lead, n, rc;
	char cursor[16];

	(void)state;
	for (length = 1; length <= 9; length++) {
		for (lead = 0; lead <= 5; lead++) {
			struct pages_answer answer = { 1, cursor, NULL };
			struct err e = ERR_INIT;
			struct pages p = { 0 };

			assert_int_equal(pages_first(&p, &plan, "https://h/a", &e), 0);
			for (n = 0, rc = 1; rc == 1 && n < 100; n++) {
				snprintf(cursor, sizeof(cursor), "%d", n < lead ? n : lead + (n - lead) % length);
				rc = pages_next(&p, &answer, &e);
			}
			if (rc != -1 || strcmp(e.code, "page_loop") != 0 || n > 3 * (length + lead) + 3)
				fail_msg("%d after %d: %d after %d pages", length, lead, rc, n);
			pages_release(&p);
		}
	}
}

static void
pages__end_somewhere(void **state)
{
	static const struct pages_plan plan = { .kind = PAGES_PAGE, .param = "p", .first = INT64_MAX - 1 };
	struct pages_answer answer = { .items = 1 };
	struct err e = ERR_INIT;
	struct pages p = { 0 };

	(void)state;
	assert_int_equal(pages_first(&p, &plan, "https://h/a", &e), 0);
	assert_int_equal(pages_next(&p, &answer, &e), 1);
	assert_int_equal(pages_next(&p, &answer, &e), -1);
	assert_string_equal(e.code, "page_loop");
	pages_release(&p);
	assert_int_equal(pages_first(&p, &plan, "https://h/a", &e), 0);
	p.number = BOUND_PAGES - 1;
	assert_int_equal(pages_next(&p, &answer, &e), -1);
	assert_string_equal(e.code, "page_limit");
	pages_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_link_next__reads_rfc_8288),
		cmocka_unit_test(pages__go_on_as_planned),
		cmocka_unit_test(pages__refuse_what_leads_astray),
		cmocka_unit_test(pages__find_a_circle_of_any_length),
		cmocka_unit_test(pages__end_somewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
