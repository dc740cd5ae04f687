/* Faults of bodies: their coding and their size. */
#include "hostile.h"

#define ENDLESS(begin, more)                                                                              \
	{                                                                                                 \
		{                                                                                         \
			.bytes = HOSTILE_HEAD begin, .len = sizeof(HOSTILE_HEAD begin) - 1, .rest = more, \
			.times = 100000                                                                   \
		}                                                                                         \
	}
#define CODED(encoding, bytes)                                                                                         \
	{                                                                                                              \
		ANSWER(                                                                                                \
		    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: " encoding "\r\n\r\n" bytes, END_CLOSE) \
	}

/* ITEM, compressed by gzip. */
#define GZIP_BEGIN "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x8b\xae\x56\xca\x4c\x51\xb2\x32\xac\x8d\x05\x00"
#define GZIP_END "\x64\xa8\xe5\x68\x0a\x00\x00\x00"

const struct hostile hostile_bodies[] = {
	{ "E8", HOSTILE_LARGE, "an end amid a record", BODY("[{\"id\":1},{\"id\":2},{\"i"), "body_truncated", 2, 2,
	    .duplicates = 2 },
	{ "E8", HOSTILE_LARGE, "an end behind a record", BODY("[{\"id\":1},{\"id\":2}"), "body_truncated", 2, 2,
	    .duplicates = 2 },
	{ "E8", HOSTILE_LARGE, "an end amid an escape", BODY("[{\"id\":1},{\"id\":\"\\u00"), "body_truncated", 2, 1,
	    .duplicates = 1 },
	{ "E8", HOSTILE_LARGE, "an end amid a UTF-8 character", BODY("[{\"id\":1},{\"id\":\"\xc3"), "body_truncated", 2,
	    1, .duplicates = 1 },
	{ "E8", HOSTILE_LARGE, "an end amid a record, once",
	    { ANSWER(HOSTILE_HEAD "[{\"id\":1},{\"i", END_CLOSE), ANSWER(WELL, END_KEEP) }, NULL, 2, 1,
	    .duplicates = 1 },
	{ "E8", HOSTILE_LINES, "a last line without its newline", BODY("{\"id\":1}\n{\"id\":2}"), NULL, 1, 2 },
	{ "E8", HOSTILE_LINES, "a last line that breaks off", BODY("{\"id\":1}\n{\"id\":2"), "body_truncated", 2, 1,
	    .duplicates = 1 },
	{ "E14", HOSTILE_LARGE, "blanks for ever", ENDLESS("", hostile_blanks), "body_too_large", 1 },
	{ "E14", HOSTILE_LARGE, "blanks for ever behind an item", ENDLESS("[{\"id\":1}", hostile_blanks),
	    "body_too_large", 1, 1 },
	{ "E14", HOSTILE_LARGE, "blanks for ever behind the document", ENDLESS(ITEM, hostile_blanks), "body_too_large",
	    1, 1 },
	{ "E14", HOSTILE_NEXT, "an envelope for ever", ENDLESS("{\"items\":[],\"note\":\"", hostile_letters),
	    "body_too_large", 1 },
	{ "E14", HOSTILE_NEXT, "a member's name for ever", ENDLESS("{\"items\":[],\"", hostile_letters),
	    "body_too_large", 1 },
	{ "E14", HOSTILE_NEXT, "a next page's URL for ever", ENDLESS("{\"items\":[],\"next\":\"", hostile_letters),
	    "body_too_large", 1 },
	{ "E14", HOSTILE_LINES, "empty lines for ever", ENDLESS("{\"id\":1}\n", hostile_blanks), "body_too_large", 1,
	    1 },
	{ "E16", HOSTILE_LARGE, "a gzip bomb of blanks", { { .bytes = "&blanks" } }, "body_too_large", 1 },
	{ "E16", HOSTILE_LARGE, "a gzip bomb in an item", { { .bytes = "&letters" } }, "item_too_large", 1 },
	{ "E16", HOSTILE_LARGE, "a gzip bomb of gzip bombs", { { .bytes = "&twice" } }, "body_too_large", 1 },
	{ "E16", HOSTILE_LARGE, "a gzip bomb as a 404's body", { { .bytes = "&refusal" } }, "http_404", 1 },
	{ "E17", HOSTILE_LARGE, "gzip", CODED("gzip", GZIP_BEGIN GZIP_END), NULL, 1, 1 },
	{ "E17", HOSTILE_LARGE, "gzip that is none", CODED("gzip", ITEM), "body_encoding", 1 },
	{ "E17", HOSTILE_LARGE, "gzip with a wrong sum", CODED("gzip", GZIP_BEGIN "\x65\xa8\xe5\x68\x0a\x00\x00\x00"),
	    "body_encoding", 1, 1 },
	{ "E17", HOSTILE_LARGE, "gzip that breaks off",
	    CODED("gzip", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x8b\xae\x56"), "body_truncated", 2 },
	{ "E17", HOSTILE_LARGE, "deflate that is none", CODED("deflate", ITEM), "body_malformed", 1 },
	{ "E17", HOSTILE_LARGE, "an unknown encoding", CODED("zip", ITEM), "body_encoding", 1 },
	{ "E17", HOSTILE_LARGE, "six encodings, one above the other", CODED("gzip, gzip, gzip, gzip, gzip, gzip", ITEM),
	    "body_encoding", 1 },
	{ "E17", HOSTILE_LARGE, "identity", CODED("identity", ITEM), NULL, 1, 1 },
	{ "E18", HOSTILE_LARGE, "a record of 1 GB", ENDLESS("[{\"id\":1},{\"id\":2,\"text\":\"", hostile_letters),
	    "item_too_large", 1, 1 },
	{ "E18", HOSTILE_LARGE, "a record of blanks", ENDLESS("[{\"id\":1},{", hostile_blanks), "item_too_large", 1,
	    1 },
	{ "E18", HOSTILE_LINES, "a line of 1 GB", ENDLESS("{\"id\":1}\n{\"id\":2,\"text\":\"", hostile_letters),
	    "item_too_large", 1, 1 },
	{ "E18", HOSTILE_LARGE, "a number of 1 GB",
	    ENDLESS("[1",
	        "1111111111111111111111111111111111111111111111111111111111111111"
	        "1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111"),
	    "item_too_large", 1 },
	{ "E18", HOSTILE_LARGE, "a record larger than this client takes",
	    BODY("[{\"id\":1},{\"id\":2,\"text\":\"0123456789012345678901234567890123456789\"}]"), "item_too_large", 1,
	    1, .client = "\"MaxItemBytes\": 40" },
	{ "E19", HOSTILE_LINES, "20,000 tiny records in one answer, all of them one",
	    { { .bytes = HOSTILE_HEAD,
	        .len = sizeof(HOSTILE_HEAD) - 1,
	        .end = END_CLOSE,
	        .rest = hostile_objects,
	        .times = 3 } },
	    NULL, 1, 1, .duplicates = 21842 },
	{ "E20", HOSTILE_LARGE, "arrays in an item for ever", ENDLESS("[{\"id\":1,\"a\":", hostile_brackets),
	    "body_malformed", 1 },
	{ "E20", HOSTILE_NEXT, "arrays in the envelope for ever", ENDLESS("{\"items\":[],\"a\":", hostile_brackets),
	    "body_malformed", 1 },
	{ "E20", HOSTILE_LARGE, "nesting of 998 in an item", { { .bytes = "&998" } }, NULL, 1, 1 },
	{ "E20", HOSTILE_LARGE, "nesting of 1001 in an item", { { .bytes = "&1001" } }, "body_malformed", 1 },
};
const size_t hostile_bodies_n = sizeof(hostile_bodies) / sizeof(hostile_bodies[0]);
