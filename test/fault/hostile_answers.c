/* Answers that are HTTP, and what they lead to: statuses, redirects, waits, pages. */
#include "hostile.h"

#define KEEP(text)                     \
	{                              \
		ANSWER(text, END_KEEP) \
	}
#define THEN_WELL(text)                                        \
	{                                                      \
		ANSWER(text, END_KEEP), ANSWER(WELL, END_KEEP) \
	}
#define MOVED(status, to) "HTTP/1.1 " status " Moved\r\nLocation: " to "\r\nContent-Length: 0\r\n\r\n"
#define WAIT(status, for_) "HTTP/1.1 " status " Wait\r\nRetry-After: " for_ "\r\nContent-Length: 0\r\n\r\n"
#define COUNTED(status, length, text) "HTTP/1.1 " status "\r\nContent-Length: " #length "\r\n\r\n" text
#define FINAL(number)                                                                                          \
	{                                                                                                      \
		"E32", HOSTILE_ARRAY, number ", which is final", KEEP(STATUS(number " No")), "http_" number, 1 \
	}
#define EVER(number)                                                                                    \
	{                                                                                               \
		"E35", HOSTILE_ARRAY, number " for ever", KEEP(STATUS(number " No")), "http_" number, 2 \
	}
#define ONCE(number)                                                                              \
	{                                                                                         \
		"E35", HOSTILE_ARRAY, number " once", THEN_WELL(STATUS(number " No")), NULL, 2, 1 \
	}
#define ELSEWHERE(status, to, code)                                                      \
	{                                                                                \
		"E31", HOSTILE_ARRAY, status " to " to, KEEP(MOVED(status, to)), code, 1 \
	}

const struct hostile hostile_answers[] = {
	{ "E30", HOSTILE_ARRAY, "200 with a web page", BODY("<!doctype html><title>Sign in</title>"), "body_malformed",
	    1 },
	{ "E30", HOSTILE_ARRAY, "200 with nothing", KEEP(STATUS("200 OK")), "body_truncated", 2 },
	{ "E30", HOSTILE_ARRAY, "200 with nothing and no length", BODY(""), "body_truncated", 2 },
	{ "E30", HOSTILE_ARRAY, "200 with blanks", BODY(" \r\n\t "), "body_truncated", 2 },
	{ "E30", HOSTILE_ARRAY, "200 with null", BODY("null"), "body_no_items", 1 },
	{ "E30", HOSTILE_ARRAY, "200 with an object in place of an array", BODY("{\"id\":1}"), "body_no_items", 1 },
	{ "E30", HOSTILE_ARRAY, "200 with a number", BODY("200"), "body_no_items", 1 },
	{ "E30", HOSTILE_NEXT, "200 without the array", BODY("{\"data\":[]}"), "body_no_items", 1 },
	{ "E30", HOSTILE_NEXT, "200 with null for the array", BODY("{\"items\":null}"), "body_no_items", 1 },
	{ "E30", HOSTILE_NEXT, "200 with an error in an envelope", BODY("{\"error\":\"no such report\"}"),
	    "body_no_items", 1 },
	{ "E30", HOSTILE_ARRAY, "201 with items", KEEP(COUNTED("201 Created", 10, ITEM)), NULL, 1, 1 },
	{ "E30", HOSTILE_ARRAY, "204", KEEP("HTTP/1.1 204 No Content\r\n\r\n"), NULL, 1 },
	{ "E30", HOSTILE_ARRAY, "206", KEEP(COUNTED("206 Partial Content", 10, ITEM)), "http_206", 1 },
	{ "E30", HOSTILE_ARRAY, "300", KEEP(STATUS("300 Multiple Choices")), "http_300", 1 },
	{ "E30", HOSTILE_ARRAY, "304", KEEP("HTTP/1.1 304 Not Modified\r\n\r\n"), "http_304", 1 },

	ELSEWHERE("301", "http://@/c", "redirect_other_origin"),
	ELSEWHERE("302", "http://@/c", "redirect_other_origin"),
	ELSEWHERE("303", "http://@/c", "redirect_other_origin"),
	ELSEWHERE("307", "http://@/c", "redirect_other_origin"),
	ELSEWHERE("308", "http://@/c", "redirect_other_origin"),
	ELSEWHERE("302", "//@/c", "redirect_other_origin"),
	ELSEWHERE("302", "https://@/c", "redirect_other_origin"),
	ELSEWHERE("302", "http://169.254.169.254/latest/meta-data/", "redirect_other_origin"),
	ELSEWHERE("302", "http://[::1]:1/", "redirect_other_origin"),
	ELSEWHERE("302", "file:///etc/passwd", "redirect_invalid"),
	ELSEWHERE("302", "gopher://127.0.0.1:25/_MAIL", "redirect_invalid"),
	ELSEWHERE("302", "dict://127.0.0.1:11211/stats", "redirect_invalid"),
	ELSEWHERE("302", "javascript:alert(1)", "redirect_invalid"),
	ELSEWHERE("302", "http://127.0.0.1:99999/", "redirect_invalid"),
	{ "E31", HOSTILE_ARRAY, "302 with no Location", KEEP(STATUS("302 Found")), "redirect_nowhere", 1 },
	{ "E31", HOSTILE_ARRAY, "302 with an empty Location", KEEP(MOVED("302", "")), "redirect_invalid", 1 },
	{ "E31", HOSTILE_ARRAY, "302 to itself for ever", KEEP(MOVED("302", "?again")), "redirect_loop", 6 },
	{ "E31", HOSTILE_ARRAY, "302 to another path of the same origin", THEN_WELL(MOVED("302", "?once")), NULL, 2,
	    1 },
	{ "E31", HOSTILE_ARRAY, "307 to a path of the same origin, and 302 elsewhere",
	    { ANSWER(MOVED("307", "?once"), END_KEEP), ANSWER(MOVED("302", "http://@/c"), END_KEEP) },
	    "redirect_other_origin", 2 },
	{ "E31", HOSTILE_ARRAY, "302 with a body that never ends",
	    { { .bytes = "HTTP/1.1 302 Found\r\nLocation: http://@/c\r\n\r\n",
	        .len = 44,
	        .rest = hostile_blanks,
	        .times = 100000 } },
	    "redirect_other_origin", 1 },

	FINAL("400"),
	FINAL("401"),
	FINAL("402"),
	FINAL("403"),
	FINAL("404"),
	FINAL("405"),
	FINAL("406"),
	FINAL("409"),
	FINAL("410"),
	FINAL("413"),
	FINAL("415"),
	FINAL("418"),
	FINAL("422"),
	FINAL("426"),
	FINAL("451"),
	FINAL("499"),
	{ "E32", HOSTILE_ARRAY, "404 with a body that breaks off",
	    { ANSWER(COUNTED("404 No", 100, "half"), END_CLOSE) }, "http_404", 1 },
	{ "E32", HOSTILE_ARRAY, "404 with a body that never ends",
	    { { .bytes = "HTTP/1.1 404 No\r\n\r\n", .len = 19, .rest = hostile_letters, .times = 100000 } }, "http_404",
	    1 },
	{ "E33", HOSTILE_ARRAY, "401 for ever: no other secret is tried",
	    KEEP("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"),
	    "http_401", 1 },
	{ "E33", HOSTILE_ARRAY, "401 once, then 200: it is final all the same", THEN_WELL(STATUS("401 Unauthorized")),
	    "http_401", 1 },

	{ "E34", HOSTILE_ARRAY, "429 with Retry-After: 1", THEN_WELL(WAIT("429", "1")), NULL, 2, 1, .least_ms = 1000 },
	{ "E34", HOSTILE_ARRAY, "503 with Retry-After: 1", THEN_WELL(WAIT("503", "1")), NULL, 2, 1, .least_ms = 1000 },
	{ "E34", HOSTILE_ARRAY, "429 with Retry-After: 0", THEN_WELL(WAIT("429", "0")), NULL, 2, 1 },
	{ "E34", HOSTILE_ARRAY, "429 with Retry-After: -5", THEN_WELL(WAIT("429", "-5")), NULL, 2, 1 },
	{ "E34", HOSTILE_ARRAY, "429 with Retry-After: soon", THEN_WELL(WAIT("429", "soon")), NULL, 2, 1 },
	{ "E34", HOSTILE_ARRAY, "429 with Retry-After: 1.5", THEN_WELL(WAIT("429", "1.5")), NULL, 2, 1 },
	{ "E34", HOSTILE_ARRAY, "429 with an empty Retry-After", THEN_WELL(WAIT("429", "")), NULL, 2, 1 },
	{ "E34", HOSTILE_ARRAY, "429 with a past date", THEN_WELL(WAIT("429", "Mon, 23 Nov 2015 07:00:30 GMT")), NULL,
	    2, 1 },
	{ "E34", HOSTILE_ARRAY, "429 with a date that is none", THEN_WELL(WAIT("429", "Mon, 99 Nov 2099 07:00:30 GMT")),
	    NULL, 2, 1 },
	{ "E34", HOSTILE_ARRAY, "429 with a date in many years",
	    THEN_WELL(WAIT("429", "Thu, 23 Nov 2084 07:00:30 GMT")), "http_429", 1 },
	{ "E34", HOSTILE_ARRAY, "429 with Retry-After: 301", THEN_WELL(WAIT("429", "301")), "http_429", 1 },
	{ "E34", HOSTILE_ARRAY, "503 with Retry-After: 100000000000", THEN_WELL(WAIT("503", "100000000000")),
	    "http_503", 1 },
	{ "E34", HOSTILE_ARRAY, "503 with Retry-After: 10^30",
	    THEN_WELL(WAIT("503", "1000000000000000000000000000000")), "http_503", 1 },
	{ "E34", HOSTILE_ARRAY, "429 without Retry-After", THEN_WELL(STATUS("429 Wait")), NULL, 2, 1 },
	{ "E34", HOSTILE_ARRAY, "429 for ever", KEEP(STATUS("429 Wait")), "http_429", 2 },
	{ "E34", HOSTILE_ARRAY, "404 with Retry-After: 1", THEN_WELL(WAIT("404", "1")), "http_404", 1 },

	EVER("500"),
	EVER("501"),
	EVER("502"),
	EVER("503"),
	EVER("504"),
	EVER("507"),
	EVER("599"),
	EVER("408"),
	EVER("425"),
	ONCE("500"),
	ONCE("502"),
	ONCE("503"),
	ONCE("504"),
	ONCE("408"),
	ONCE("425"),
	{ "E35", HOSTILE_ARRAY, "items, and 500 amid them next time",
	    { ANSWER(HOSTILE_HEAD "[{\"id\":1},", END_CLOSE), ANSWER(STATUS("500 No"), END_KEEP) }, "http_500", 2, 1 },
	{ "E35", HOSTILE_ARRAY, "503 with a web page", KEEP(COUNTED("503 No", 9, "<!doctype")), "http_503", 2 },

	{ "E36", HOSTILE_NEXT, "the next page is this one", BODY("{\"items\":[{\"id\":1}],\"next\":\"\?\"}"),
	    "page_loop", 2, 1, .duplicates = 1 },
	{ "E36", HOSTILE_NEXT, "a cycle of two",
	    { ANSWER(HOSTILE_HEAD "{\"items\":[{\"id\":1}],\"next\":\"\?b\"}", END_CLOSE),
	        ANSWER(HOSTILE_HEAD "{\"items\":[{\"id\":2}],\"next\":\"\?a\"}", END_CLOSE),
	        ANSWER(HOSTILE_HEAD "{\"items\":[{\"id\":3}],\"next\":\"\?b\"}", END_CLOSE),
	        ANSWER(HOSTILE_HEAD "{\"items\":[{\"id\":4}],\"next\":\"\?a\"}", END_CLOSE) },
	    "page_loop", 3, 3 },
	{ "E36", HOSTILE_NEXT, "a next page at another host", BODY("{\"items\":[{\"id\":1}],\"next\":\"http://@/c\"}"),
	    "link_other_origin", 1, 1 },
	{ "E36", HOSTILE_NEXT, "a next page at another host, without a scheme",
	    BODY("{\"items\":[{\"id\":1}],\"next\":\"//@/c\"}"), "link_other_origin", 1, 1 },
	{ "E36", HOSTILE_NEXT, "a next page in a file",
	    BODY("{\"items\":[{\"id\":1}],\"next\":\"file:///etc/passwd\"}"), "link_invalid", 1, 1 },
	{ "E36", HOSTILE_NEXT, "a next page with a line's end in it",
	    BODY("{\"items\":[{\"id\":1}],\"next\":\"/a\\r\\nX: y\"}"), "link_invalid", 1, 1 },
	{ "E36", HOSTILE_NEXT, "a relative next page, and no other behind it",
	    { ANSWER(HOSTILE_HEAD "{\"items\":[{\"id\":1}],\"next\":\"\?b\"}", END_CLOSE),
	        ANSWER(HOSTILE_HEAD "{\"items\":[{\"id\":2}],\"next\":null}", END_CLOSE) },
	    NULL, 2, 2 },
	{ "E36", HOSTILE_NEXT, "the next page is missing", BODY("{\"items\":[{\"id\":1}]}"), NULL, 1, 1 },
	{ "E36", HOSTILE_NEXT, "the next page is empty", BODY("{\"items\":[{\"id\":1}],\"next\":\"\"}"), NULL, 1, 1 },
	{ "E36", HOSTILE_NEXT, "the next page is false", BODY("{\"items\":[{\"id\":1}],\"next\":false}"), NULL, 1, 1 },
	{ "E36", HOSTILE_NEXT, "the second page is 404",
	    { ANSWER(HOSTILE_HEAD "{\"items\":[{\"id\":1}],\"next\":\"\?b\"}", END_CLOSE),
	        ANSWER(STATUS("404 No"), END_KEEP) },
	    "http_404", 2, 1 },
	{ "E36", HOSTILE_NEXT, "the second page is broken once",
	    { ANSWER(HOSTILE_HEAD "{\"items\":[{\"id\":1}],\"next\":\"\?b\"}", END_CLOSE), ANSWER("", END_RESET),
	        ANSWER(HOSTILE_HEAD "{\"items\":[{\"id\":2}]}", END_CLOSE) },
	    NULL, 3, 2 },
	{ "E36", HOSTILE_LINK, "a Link to another host",
	    KEEP("HTTP/1.1 200 OK\r\nLink: <http://@/c>; rel=\"next\"\r\nContent-Length: 10\r\n\r\n" ITEM),
	    "link_other_origin", 1, 1 },
	{ "E36", HOSTILE_LINK, "a Link to itself",
	    KEEP("HTTP/1.1 200 OK\r\nLink: <\?>; rel=\"next\"\r\nContent-Length: 10\r\n\r\n" ITEM), "page_loop", 2, 1,
	    .duplicates = 1 },
	{ "E36", HOSTILE_LINK, "a Link that is none",
	    KEEP("HTTP/1.1 200 OK\r\nLink: next page please\r\nContent-Length: 10\r\n\r\n" ITEM), NULL, 1, 1 },
	{ "E36", HOSTILE_LINK, "two Links, each followed once",
	    { ANSWER(
	          "HTTP/1.1 200 OK\r\nLink: <\?a>; rel=prev\r\nLink: <\?b>; rel=next\r\nContent-Length: 10\r\n\r\n" ITEM,
	          END_KEEP),
	        ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[{\"id\":2}]", END_KEEP) },
	    NULL, 2, 2 },
};
const size_t hostile_answers_n = sizeof(hostile_answers) / sizeof(hostile_answers[0]);
