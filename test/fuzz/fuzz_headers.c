/* What an answer's headers and links make of URLs and waits: never another origin, never a wait without end. */
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "fuzz.h"
#include "http/pages.h"
#include "http/retry.h"
#include "http/url.h"

#define FROM "https://ris.example:8443/api/records?clientId=1"

/* 2026-11-26, so that dates are sometimes past and sometimes not. */
#define NOW_MS 1795651200000

static void
check_followed(const char *link)
{
	struct err e = ERR_INIT;
	char *url = url_follow(FROM, link, &e), *origin;

	if (url == NULL) {
		CHECK(strcmp(e.code, "link_invalid") == 0 || strcmp(e.code, "link_other_origin") == 0);
		return;
	}
	CHECK((origin = url_origin(url, &e)) != NULL);
	CHECK(strcmp(origin, "https://ris.example:8443") == 0);
	CHECK(strchr(url, '#') == NULL && strpbrk(url, " \r\n\t") == NULL);
	free(origin);
	free(url);
}

static void
check_wait(const char *value)
{
	struct retry_attempt attempt = { OUTCOME_ANSWER, 503, 1, 4, retry_after(value, NOW_MS), 0xffffffff };
	struct retry_decision decision = retry_decide(&attempt);

	CHECK(attempt.retry_after_ms >= -1);
	CHECK(decision.wait_ms >= 0 && decision.wait_ms <= BOUND_RETRY_AFTER_MS);
}

static void
check_pages(const char *text)
{
	static const struct pages_plan plans[] = {
		{ PAGES_NEXT, NULL, NULL, 0, 0 },
		{ PAGES_LINK, NULL, NULL, 0, 0 },
		{ PAGES_CURSOR, "cursor", NULL, 0, 0 },
		{ PAGES_OFFSET, "offset", "limit", 0, 500 },
		{ PAGES_PAGE, "page", "per_page", 1, 500 },
	};
	struct pages_answer answer = { 3, text, text };
	struct err e = ERR_INIT;
	struct pages p;
	char *origin;
	size_t i;

	for (i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		p = (struct pages){ 0 };
		CHECK(pages_first(&p, &plans[i], FROM, &e) == 0);
		if (pages_next(&p, &answer, &e) == 1) {
			CHECK((origin = url_origin(p.url, &e)) != NULL);
			CHECK(strcmp(origin, "https://ris.example:8443") == 0);
			free(origin);
		}
		pages_release(&p);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = fuzz_text(bytes, n), *next, *origin;
	struct err e = ERR_INIT;

	if (text == NULL)
		return 0;
	check_wait(text);
	check_followed(text);
	check_pages(text);
	if ((next = pages_link_next(text)) != NULL)
		check_followed(next);
	free(next);
	if (url_check_base(text, &e) == 0) {
		CHECK((origin = url_origin(text, &e)) != NULL);
		CHECK(strncmp(origin, "http", 4) == 0);
		free(origin);
	}
	(void)url_is_loopback(text, &e);
	free(text);
	return 0;
}
