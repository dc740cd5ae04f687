#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../json/accepted.h"
#include "../json/refused.h"
#undef COUNT
#include "drive.h"

#define MAX_ITEM 65536

/* A body of a case's text between a head and a tail; freed by the caller. */
static char *
body_of(const char *head, const struct grammar_case *c, const char *tail, size_t *len)
{
	char *body = malloc(strlen(head) + c->len + strlen(tail) + 1);

	assert_non_null(body);
	memcpy(body, head, strlen(head));
	memcpy(body + strlen(head), c->text, c->len);
	memcpy(body + strlen(head) + c->len, tail, strlen(tail) + 1);
	*len = strlen(head) + c->len + strlen(tail);
	return body;
}

/* The case's text is the item: without the blanks around it. */
static bool
is_item(const struct outcome *o, size_t i, const struct grammar_case *c)
{
	const char *from = c->text, *end = c->text + c->len, *at = o->items.at;
	size_t len;

	while (strchr(" \t\r\n", *from) != NULL)
		from++;
	while (strchr(" \t\r\n", end[-1]) != NULL)
		end--;
	len = (size_t)(end - from);
	return o->items.len >= (i + 1) * (len + 1) && memcmp(at + i * (len + 1) + 1, from, len) == 0;
}

static void
expect_items(enum stream_format format, const struct grammar_case *c, const char *body, size_t len, size_t piece)
{
	struct outcome o;

	drive(format, "", NULL, MAX_ITEM, body, len, piece, &o);
	if (o.end != 0 || o.n != 2 || !is_item(&o, 0, c) || !is_item(&o, 1, c))
		fail_msg("%s (%s): %llu items, %s", c->text, c->why, (unsigned long long)o.n, o.e.text);
	outcome_release(&o);
}

static void
grammar__accepted_texts_are_elements(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(accepted); i++) {
		size_t len;
		char *tail = body_of(",", &accepted[i], "]", &len);
		char *body;

		/* Texts with NUL bytes are never accepted, so the tail is a string. */
		body = body_of("[", &accepted[i], tail, &len);
		expect_items(STREAM_JSON, &accepted[i], body, len, WHOLE);
		expect_items(STREAM_JSON, &accepted[i], body, len, 1);
		free(tail);
		free(body);
	}
}

static void
grammar__accepted_texts_are_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(accepted); i++) {
		const struct grammar_case *c = &accepted[i];
		const char *end = memchr(c->text, '\n', c->len);
		size_t len;
		char *tail, *body;

		/* A line end inside the value, or before it on blanks alone, makes other lines of it. */
		if (end != NULL && end != c->text + c->len - 1)
			continue;
		tail = body_of("\n", c, "", &len);
		body = body_of("", c, tail, &len);
		expect_items(STREAM_NDJSON, c, body, len, WHOLE);
		expect_items(STREAM_NDJSON, c, body, len, 1);
		free(tail);
		free(body);
	}
}

/* As a document of its own, each is whole; only those that are arrays have items. */
static void
grammar__accepted_texts_are_documents(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(accepted); i++) {
		for (size_t piece = 1; piece != 0; piece = piece == 1 ? WHOLE : 0) {
			struct outcome o;

			drive(STREAM_JSON, "", NULL, MAX_ITEM, accepted[i].text, accepted[i].len, piece, &o);
			if (o.end == -1 && strcmp(o.e.code, "body_no_items") != 0)
				fail_msg("%s (%s): %s", accepted[i].text, accepted[i].why, o.e.text);
			outcome_release(&o);
		}
	}
}

/* Where in the body the text says that the fault is. */
static unsigned long long
place(const struct err *e)
{
	const char *at = strstr(e->text, "byte ");

	assert_non_null(at);
	return strtoull(at + 5, NULL, 10);
}

static void
expect_refusal(enum stream_format format, const struct grammar_case *c, const char *body, size_t len)
{
	struct outcome whole, bytes;

	drive(format, "", NULL, MAX_ITEM, body, len, WHOLE, &whole);
	drive(format, "", NULL, MAX_ITEM, body, len, 1, &bytes);
	if (whole.end != -1 ||
	    (strcmp(whole.e.code, "body_malformed") != 0 && strcmp(whole.e.code, "body_truncated") != 0))
		fail_msg("%s (%s): %d %s", body, c->why, whole.end, whole.e.text);
	assert_int_equal(whole.e.kind, ERR_UNAVAILABLE);
	if (bytes.end != -1 || strcmp(bytes.e.code, whole.e.code) != 0 || bytes.n != whole.n ||
	    place(&bytes.e) != place(&whole.e))
		fail_msg("%s (%s): whole \"%s\", byte by byte \"%s\"", body, c->why, whole.e.text, bytes.e.text);
	outcome_release(&whole);
	outcome_release(&bytes);
}

static void
grammar__refused_texts_spoil_an_array(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		size_t len;
		char *body = body_of("[1,", &refused[i], "]", &len);

		if (!refused[i].alone)
			expect_refusal(STREAM_JSON, &refused[i], body, len);
		free(body);
	}
}

static void
grammar__refused_texts_spoil_an_envelope(void **state)
{
	struct outcome o;

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		size_t len;
		char *body = body_of("{\"skipped\":", &refused[i], ",\"items\":[1]}", &len);

		for (size_t piece = 1; piece != 0 && !refused[i].alone; piece = piece == 1 ? WHOLE : 0) {
			drive(STREAM_JSON, "/items", NULL, MAX_ITEM, body, len, piece, &o);
			if (o.end != -1)
				fail_msg("%s (%s) was taken", body, refused[i].why);
			outcome_release(&o);
		}
		free(body);
	}
}

static void
grammar__refused_texts_spoil_their_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		size_t len;
		char *body = body_of("1\n", &refused[i], "\n2\n", &len);

		if (!refused[i].alone)
			expect_refusal(STREAM_NDJSON, &refused[i], body, len);
		free(body);
	}
}

static void
grammar__refused_texts_are_no_documents(void **state)
{
	struct outcome o;

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		for (size_t piece = 1; piece != 0; piece = piece == 1 ? WHOLE : 0) {
			drive(STREAM_JSON, "", NULL, MAX_ITEM, refused[i].text, refused[i].len, piece, &o);
			if (o.end != -1)
				fail_msg("%s (%s) was taken", refused[i].text, refused[i].why);
			outcome_release(&o);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grammar__accepted_texts_are_elements),
		cmocka_unit_test(grammar__accepted_texts_are_lines),
		cmocka_unit_test(grammar__accepted_texts_are_documents),
		cmocka_unit_test(grammar__refused_texts_spoil_an_array),
		cmocka_unit_test(grammar__refused_texts_spoil_an_envelope),
		cmocka_unit_test(grammar__refused_texts_spoil_their_line),
		cmocka_unit_test(grammar__refused_texts_are_no_documents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
