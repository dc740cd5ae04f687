/* An answer's body: the same comes out however it is cut into pieces, and what comes out is JSON. */
#include "fuzz.h"

/* drive.h is a unit test's: here, too, what it asserts must hold. */
#define assert_int_equal(a, b) CHECK((a) == (b))
#define assert_non_null(p) CHECK((p) != NULL)
#include "../lib/stream/drive.h"
#include "base/bounds.h"

struct shape {
	enum stream_format format;
	const char *items, *capture;
	size_t max_item;
};

static const struct shape shapes[] = {
	{ STREAM_JSON, "", NULL, 4096 },
	{ STREAM_JSON, "/items", "/next", 4096 },
	{ STREAM_JSON, "/data/items", "/data/cursor", 64 },
	{ STREAM_JSON, "/0", "/1", 16 },
	{ STREAM_NDJSON, "", NULL, 4096 },
	{ STREAM_NDJSON, "", NULL, 16 },
};

/* Each item is a document by itself, and no longer than is allowed. */
static void
check_items(const struct shape *shape, const char *body, size_t len)
{
	struct json_pointer at_items;
	struct stream_plan plan = { shape->format, &at_items, NULL, shape->max_item, BOUND_ANSWER_ITEMS };
	struct json_value item, root;
	struct err e = ERR_INIT;
	struct stream *s;

	CHECK(json_pointer_parse(&at_items, shape->items, NULL) == 0);
	CHECK((s = stream_new(&plan)) != NULL);
	stream_feed(s, body, len);
	while (stream_next(s, &item, &e) == 1) {
		CHECK(item.len > 0 && item.len <= shape->max_item);
		CHECK(json_check(item.at, item.len, &root, NULL) == 0);
		CHECK(root.at == item.at && root.len == item.len && root.kind == item.kind);
	}
	stream_free(s);
	json_pointer_release(&at_items);
}

/* Of an item that is both malformed and too large, it depends on the pieces which is seen first. */
static bool
same_fault(const char *a, const char *b)
{
	return strcmp(a, b) == 0 || strstr(a, "_too_large") != NULL || strstr(b, "_too_large") != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct shape *shape;
	struct outcome whole, pieces;
	const char *body;
	size_t len;

	if (n < 2)
		return 0;
	shape = &shapes[bytes[0] % COUNT(shapes)];
	body = (const char *)bytes + 2;
	len = n - 2;
	drive(shape->format, shape->items, shape->capture, shape->max_item, body, len, WHOLE, &whole);
	drive(shape->format, shape->items, shape->capture, shape->max_item, body, len, 1 + bytes[1] % 16U, &pieces);
	CHECK(whole.end == pieces.end && whole.n == pieces.n);
	CHECK(same_fault(whole.e.code, pieces.e.code));
	CHECK(whole.items.len == pieces.items.len);
	CHECK(memcmp(buf_text(&whole.items), buf_text(&pieces.items), whole.items.len) == 0);
	CHECK(strcmp(buf_text(&whole.captured), buf_text(&pieces.captured)) == 0);
	check_items(shape, body, len);
	outcome_release(&whole);
	outcome_release(&pieces);
	return 0;
}
