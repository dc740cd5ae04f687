#include "answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <microhttpd.h>

#include "scan.h"

void
answer_init(struct answer *a)
{
	*a = (struct answer){ .status = 200 };
	buf_init(&a->body, BOUND_ANSWER);
	answer_header(a, "Content-Type", "application/json");
}

void
answer_release(struct answer *a)
{
	size_t i;

	for (i = 0; i < a->headers; i++) {
		free(a->header[i].name);
		free(a->header[i].value);
	}
	a->headers = 0;
	buf_release(&a->body);
	feed_free(a->feed);
	a->feed = NULL;
}

int
answer_header(struct answer *a, const char *name, const char *value)
{
	struct header set = { NULL, NULL };
	size_t i;

	if (name[strcspn(name, ": \t\r\n")] != '\0' || value[strcspn(value, "\r\n")] != '\0')
		return -1;
	for (i = 0; i < a->headers && strcasecmp(a->header[i].name, name) != 0; i++)
		;
	if (i == BOUND_HEADERS)
		return -1;
	set.name = strdup(name);
	set.value = strdup(value);
	if (set.name == NULL || set.value == NULL) {
		free(set.name);
		free(set.value);
		return -1;
	}
	if (i == a->headers) {
		a->headers++;
	} else {
		free(a->header[i].name);
		free(a->header[i].value);
	}
	a->header[i] = set;
	return 0;
}

void
answer_problem(struct answer *a, int status, const char *fmt, ...)
{
	char detail[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	answer_release(a);
	answer_init(a);
	a->status = status;
	answer_header(a, "Content-Type", "application/problem+json");
	buf_addf(&a->body, "{\"type\":\"about:blank\",\"title\":");
	scan_quote(slice_of(MHD_get_reason_phrase_for((unsigned)status)), &a->body);
	buf_addf(&a->body, ",\"status\":%d,\"detail\":", status);
	scan_quote(slice_of(detail), &a->body);
	buf_addc(&a->body, '}');
}
