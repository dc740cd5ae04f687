/* An item: its id, its version and its fields as the ledger and the rules get them, exact to the last digit. */
#include <string.h>

#include "base/escape.h"
#include "fuzz.h"
#include "run/item.h"

static const char definition[] =
    "{\"JobType\":1,\"Name\":\"X\",\"Rules\":\"rules.sql\",\"BaseUrl\":\"https://h\",\"Fetch\":{\"ItemVersion\":\"/v\"}}";

/* What is shown stays on one line and moves no cursor. */
static void
check_shown(const char *text, size_t len)
{
	struct buf b;
	unsigned cp;
	size_t i, n;

	buf_init(&b, 8 * len + 64);
	CHECK(escape_line(&b, text, len, 4 * len + 8) == 0);
	for (i = 0; i < b.len; i += n) {
		CHECK((n = escape_utf8(b.at + i, b.len - i, &cp)) > 0);
		CHECK(cp >= 0x20 && cp != 0x7f && !(cp >= 0x80 && cp < 0xa0) && cp != 0x2028 && cp != 0x202e);
	}
	buf_release(&b);
}

/* A string's characters, quoted again, are the same characters; a number that fits is the one that is written. */
static void
check_value(struct json_value value)
{
	struct json_value again;
	struct buf text, quoted, text_again;
	char digits[32];
	int64_t integer;
	double real;

	if (value.kind == JSON_NUMBER) {
		(void)json_double(value, &real);
		if (json_int64(value, &integer) == -1)
			return;
		snprintf(digits, sizeof(digits), "%lld", (long long)integer);
		CHECK((value.len == strlen(digits) && memcmp(value.at, digits, value.len) == 0) ||
		    (value.len == 2 && memcmp(value.at, "-0", 2) == 0));
		return;
	}
	if (value.kind != JSON_STRING)
		return;
	buf_init(&text, value.len * 4);
	buf_init(&quoted, value.len * 8 + 2);
	buf_init(&text_again, value.len * 4);
	if (json_text(value, &text) == 0) {
		CHECK(json_quote(&quoted, buf_text(&text), text.len) == 0);
		CHECK(json_check(quoted.at, quoted.len, &again, NULL) == 0 && again.kind == JSON_STRING);
		CHECK(json_text(again, &text_again) == 0 && text_again.len == text.len);
		CHECK(memcmp(buf_text(&text_again), buf_text(&text), text.len) == 0);
		CHECK(json_string_is(value, buf_text(&text), text.len));
		check_shown(buf_text(&text), text.len);
	}
	buf_release(&text);
	buf_release(&quoted);
	buf_release(&text_again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const char *text = (const char *)bytes;
	struct err e = ERR_INIT;
	struct json_value root;
	struct item item;
	struct job job;
	size_t i;
	int got;

	check_shown(text, n);
	if (json_check(text, n, &root, NULL) == -1)
		return 0;
	CHECK(job_parse(&job, definition, strlen(definition), &e) == 0);
	item = (struct item){ 0 };
	item_init(&item);
	got = item_read(&item, &job, root, &e);
	CHECK(got == 0 || got == 1);
	CHECK(got == 1 || (item.key.id_len > 0 && item.key.id_len <= 1000 && item.key.version_len <= 1000));
	for (i = 0; i < item.members.n; i++) {
		check_value(item.members.at[i].key);
		check_value(item.members.at[i].value);
	}
	item_release(&item);
	job_release(&job);
	return 0;
}
