/* Faults below HTTP and in its headers and frames. */
#include "hostile.h"

#define CLOSE(text)                     \
	{                               \
		ANSWER(text, END_CLOSE) \
	}
#define RESET(text)                     \
	{                               \
		ANSWER(text, END_RESET) \
	}
#define HANG(text)                     \
	{                              \
		ANSWER(text, END_HANG) \
	}
#define DRIP(text)                     \
	{                              \
		ANSWER(text, END_DRIP) \
	}
#define FLOOD(text)                     \
	{                               \
		ANSWER(text, END_FLOOD) \
	}
#define KEEP(text)                     \
	{                              \
		ANSWER(text, END_KEEP) \
	}
/* The first answer breaks off, the second one is good. */
#define ONCE(text, how)                                   \
	{                                                 \
		ANSWER(text, how), ANSWER(WELL, END_KEEP) \
	}

#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
#define LENGTH(n) "HTTP/1.1 200 OK\r\nContent-Length: " #n "\r\n\r\n"

const struct hostile hostile_wire[] = {
	{ "E1", HOSTILE_ARRAY, "nobody listens", CLOSE(""), "connect", 0,
	    .client = "\"BaseUrl\": \"http://127.0.0.1:1\"" },
	{ "E1", HOSTILE_ARRAY, "nobody listens on IPv6", CLOSE(""), "connect", 0,
	    .client = "\"BaseUrl\": \"http://[::1]:1\"" },
	{ "E2", HOSTILE_ARRAY, "no connection in time", CLOSE(""), "connect_timeout", 0,
	    .client = "\"BaseUrl\": \"http://127.0.0.1:%FULL%\", \"ConnectTimeout\": 2" },
	{ "E3", HOSTILE_ARRAY, "a name that is not", CLOSE(""), "dns", 0,
	    .client = "\"BaseUrl\": \"http://no-such-host.invalid\"" },
	{ "E3", HOSTILE_ARRAY, "a label that is too long", CLOSE(""), "dns", 0,
	    .client = "\"BaseUrl\": \"http://"
	              "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid\"" },
	{ "E5", HOSTILE_ARRAY, "reset before the headers", RESET(""), "broken", 2 },
	{ "E5", HOSTILE_ARRAY, "reset before the headers, once", ONCE("", END_RESET), NULL, 2, 1 },
	{ "E5", HOSTILE_ARRAY, "reset amid the status line", RESET("HTTP/1.1 2"), "broken", 2 },
	{ "E5", HOSTILE_ARRAY, "reset amid the headers", RESET("HTTP/1.1 200 OK\r\nContent-Le"), "broken", 2 },
	{ "E5", HOSTILE_ARRAY, "an orderly end before the headers", CLOSE(""), "no_answer", 2 },
	{ "E5", HOSTILE_ARRAY, "an orderly end before the headers, once", ONCE("", END_CLOSE), NULL, 2, 1 },
	{ "E5", HOSTILE_ARRAY, "an orderly end amid the status line", CLOSE("HTTP/1.1 2"), "no_answer", 2 },
	{ "E5", HOSTILE_ARRAY, "an orderly end amid the headers", CLOSE("HTTP/1.1 200 OK\r\nContent-Le"),
	    "headers_unended", 2 },
	{ "E5", HOSTILE_ARRAY, "an orderly end behind a 103", CLOSE("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
	    "headers_unended", 2 },
	{ "E6", HOSTILE_ARRAY, "reset amid a counted body", RESET(LENGTH(100) "[{\"id\":1},{\"id\":2}"), "broken_body",
	    2, 2, .duplicates = 2 },
	{ "E6", HOSTILE_ARRAY, "reset amid a chunk", RESET(CHUNKED "14\r\n[{\"id\":1},{\"id\":2}"), "broken_body", 2, 2,
	    .duplicates = 2 },
	{ "E6", HOSTILE_ARRAY, "reset amid a body with no length", RESET(HOSTILE_HEAD "[{\"id\":1},"), "broken_body", 2,
	    1, .duplicates = 1 },
	{ "E6", HOSTILE_ARRAY, "reset behind the headers", RESET(LENGTH(100)), "broken_body", 2 },
	{ "E6", HOSTILE_ARRAY, "reset amid the body, once", ONCE(LENGTH(10) "[{\"id\":1}", END_RESET), NULL, 2, 1,
	    .duplicates = 1 },
	{ "E7", HOSTILE_ARRAY, "short of its length by one byte", CLOSE(LENGTH(11) ITEM), "body_short", 2, 1,
	    .duplicates = 1 },
	{ "E7", HOSTILE_ARRAY, "short of its length by all", CLOSE(LENGTH(10)), "body_short", 2 },
	{ "E7", HOSTILE_ARRAY, "short of its length, once", ONCE(LENGTH(10) "[{\"id\":1}", END_CLOSE), NULL, 2, 1,
	    .duplicates = 1 },
	{ "E7", HOSTILE_ARRAY, "more than its length", CLOSE(LENGTH(10) ITEM "[{\"id\":2}]"), NULL, 1, 1 },
	{ "E7", HOSTILE_ARRAY, "a length that cuts the document", CLOSE(LENGTH(9) ITEM), "body_truncated", 2, 1,
	    .duplicates = 1 },
	{ "E7", HOSTILE_ARRAY, "a negative length", CLOSE(LENGTH(-1) ITEM), "not_http", 1 },
	{ "E7", HOSTILE_ARRAY, "a length beyond 64 bits", CLOSE(LENGTH(99999999999999999999999) ITEM), NULL, 1, 1 },
	{ "E7", HOSTILE_ARRAY, "a length that is no number",
	    CLOSE("HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n" ITEM), "not_http", 1 },
	{ "E9", HOSTILE_ARRAY, "no last chunk", CLOSE(CHUNKED "a\r\n" ITEM "\r\n"), "body_unended", 2, 1,
	    .duplicates = 1 },
	{ "E9", HOSTILE_ARRAY, "an end amid a chunk", CLOSE(CHUNKED "b\r\n" ITEM), "body_unended", 2, 1,
	    .duplicates = 1 },
	{ "E9", HOSTILE_ARRAY, "an end before the first chunk", CLOSE(CHUNKED), "body_unended", 2 },
	{ "E9", HOSTILE_ARRAY, "an end behind 0 CRLF", CLOSE(CHUNKED "a\r\n" ITEM "\r\n0\r\n"), "body_unended", 2, 1,
	    .duplicates = 1 },
	{ "E10", HOSTILE_ARRAY, "a chunk size that is none", KEEP(CHUNKED "xyz\r\n" ITEM "\r\n0\r\n\r\n"),
	    "chunk_invalid", 2 },
	{ "E10", HOSTILE_ARRAY, "a negative chunk size", KEEP(CHUNKED "-a\r\n" ITEM "\r\n0\r\n\r\n"), "chunk_invalid",
	    2 },
	{ "E10", HOSTILE_ARRAY, "a chunk longer than its size", KEEP(CHUNKED "5\r\n" ITEM "\r\n0\r\n\r\n"),
	    "chunk_invalid", 2 },
	{ "E11", HOSTILE_ARRAY, "a chunk size of 2^64", KEEP(CHUNKED "10000000000000000\r\n" ITEM), "chunk_invalid",
	    2 },
	{ "E11", HOSTILE_ARRAY, "a chunk size of 2^63", CLOSE(CHUNKED "8000000000000000\r\n" ITEM), "chunk_invalid",
	    2 },
	{ "E12", HOSTILE_ARRAY, "silence", HANG(""), "timeout", 2, .least_ms = 3900 },
	{ "E12", HOSTILE_ARRAY, "silence, once", ONCE("", END_HANG), NULL, 2, 1, .least_ms = 1900 },
	{ "E12", HOSTILE_ARRAY, "a port that only connects", CLOSE(""), "timeout", 0,
	    .client = "\"BaseUrl\": \"http://127.0.0.1:%SILENT%\"", .least_ms = 3900 },
	{ "E12", HOSTILE_ARRAY, "the headers drip", DRIP("HTTP/1.1 200 OK\r\nX-Drip: "), "headers_slow", 2,
	    .least_ms = 3900 },
	{ "E12", HOSTILE_ARRAY, "the status line drips",
	    { ANSWER_IN_PIECES("HTTP/1.1 200 OK\r\n", "X-Drip: 1\r\n", 1000, 100) }, "headers_slow", 2,
	    .least_ms = 3900 },
	{ "E12", HOSTILE_ARRAY, "the headers stop", HANG("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n"), "headers_slow",
	    2, .least_ms = 3900 },
	{ "E13", HOSTILE_ARRAY, "the body stops", HANG(LENGTH(100) "[{\"id\":1},"), "body_slow", 2, 1, .duplicates = 1,
	    .least_ms = 3900 },
	{ "E13", HOSTILE_ARRAY, "the body drips", DRIP(HOSTILE_HEAD "[\""), "body_slow", 2, .least_ms = 3900 },
	{ "E13", HOSTILE_ARRAY, "the body drips blanks", { ANSWER_IN_PIECES(HOSTILE_HEAD "[", " ", 1000, 50) },
	    "body_slow", 2, .least_ms = 3900 },
	{ "E13", HOSTILE_ARRAY, "the body stops behind its document, chunked", HANG(CHUNKED "a\r\n" ITEM "\r\n"),
	    "body_slow", 2, 1, .duplicates = 1, .least_ms = 3900 },
	{ "E15", HOSTILE_ARRAY, "headers for ever", FLOOD("HTTP/1.1 200 OK\r\n"), "headers_too_large", 1 },
	{ "E15", HOSTILE_ARRAY, "20,000 headers",
	    { ANSWER_IN_PIECES("HTTP/1.1 200 OK\r\n",
	        "X-A: 1\r\nX-B: 2\r\nX-C: 3\r\nX-D: 4\r\nX-E: 5\r\nX-F: 6\r\nX-G: 7\r\nX-H: 8\r\nX-I: 9\r\nX-J: 10\r\n",
	        2000, 0) },
	    "headers_too_large", 1 },
	{ "E15", HOSTILE_ARRAY, "one header for ever",
	    { { .bytes = "HTTP/1.1 200 OK\r\nX-Long: ", .len = 25, .rest = hostile_letters, .times = 100000 } },
	    "headers_too_large", 1 },
	{ "E15", HOSTILE_ARRAY, "trailers for ever", FLOOD(CHUNKED "a\r\n" ITEM "\r\n0\r\n"), "headers_too_large", 1,
	    1 },
	{ "E15", HOSTILE_ARRAY, "103 Early Hints for ever",
	    { ANSWER_IN_PIECES("", "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n", 100000, 0) },
	    "headers_too_large", 1 },
	{ "E40", HOSTILE_ARRAY, "103 Early Hints, then the answer",
	    KEEP("HTTP/1.1 103 Early Hints\r\nLink: </evil>; rel=next\r\n\r\n" WELL), NULL, 1, 1 },
	{ "E40", HOSTILE_ARRAY, "100 Continue that nobody asked for", KEEP("HTTP/1.1 100 Continue\r\n\r\n" WELL), NULL,
	    1, 1 },
	{ "E40", HOSTILE_ARRAY, "102 Processing, and then silence", HANG("HTTP/1.1 102 Processing\r\n\r\n"),
	    "headers_slow", 2, .least_ms = 3900 },
	{ "E40", HOSTILE_ARRAY, "101 Switching Protocols",
	    CLOSE("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"), "headers_unended", 2 },
	{ "E40", HOSTILE_ARRAY, "trailers", KEEP(CHUNKED "a\r\n" ITEM "\r\n0\r\nX-Sum: 1\r\nSet-Cookie: a=b\r\n\r\n"),
	    NULL, 1, 1 },
	{ "E40", HOSTILE_ARRAY, "chunk extensions", KEEP(CHUNKED "a;name=\"value\"\r\n" ITEM "\r\n0;last\r\n\r\n"),
	    NULL, 1, 1 },
	{ "E40", HOSTILE_ARRAY, "no HTTP at all", CLOSE("220 smtp.example ESMTP\r\n"), "not_http", 1 },
	{ "E40", HOSTILE_ARRAY, "HTTP/0.9", CLOSE(ITEM), "not_http", 1 },
	{ "E40", HOSTILE_ARRAY, "HTTP/9.9", CLOSE("HTTP/9.9 200 OK\r\n\r\n" ITEM), "not_http", 1 },
	{ "E40", HOSTILE_ARRAY, "HTTP/1.0", CLOSE("HTTP/1.0 200 OK\r\n\r\n" ITEM), NULL, 1, 1 },
	{ "E40", HOSTILE_ARRAY, "a status of four digits", CLOSE("HTTP/1.1 2000 OK\r\n\r\n" ITEM), "not_http", 1 },
	{ "E39", HOSTILE_ARRAY, "an HTTP/2 GOAWAY on a connection of HTTP/1.1",
	    CLOSE("\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0"), "not_http", 1 },
	{ "E39", HOSTILE_ARRAY, "an upgrade to HTTP/2 is offered and not taken",
	    KEEP("HTTP/1.1 200 OK\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 10\r\n\r\n" ITEM), NULL, 1,
	    1 },
	{ "E37", HOSTILE_ARRAY, "plain HTTP where TLS was expected", CLOSE(""), "tls_none", 0,
	    .client = "\"BaseUrl\": \"https://127.0.0.1:%PLAIN%\"" },
	{ "E37", HOSTILE_ARRAY, "the connection ends in the handshake", CLOSE(""), "tls_connect", 0,
	    .client = "\"BaseUrl\": \"https://127.0.0.1:%PORT%\"" },
	{ "E37", HOSTILE_ARRAY, "a handshake that does not come", CLOSE(""), "tls_timeout", 0,
	    .client = "\"BaseUrl\": \"https://127.0.0.1:%SILENT%\", \"ConnectTimeout\": 2" },
	{ "E38", HOSTILE_ARRAY, "the proxy is down", CLOSE(""), "proxy_connect", 0,
	    .client = "\"Proxy\": \"http://127.0.0.1:1\"" },
	{ "E38", HOSTILE_ARRAY, "the proxy's name is not", CLOSE(""), "proxy_dns", 0,
	    .client = "\"Proxy\": \"http://no-such-proxy.invalid:3128\"" },
	{ "E38", HOSTILE_ARRAY, "the proxy wants a password", CLOSE(STATUS("407 Proxy Authentication Required")),
	    "http_407", 1, .client = "\"Proxy\": \"http://127.0.0.1:%PORT%\"" },
	{ "E38", HOSTILE_ARRAY, "the proxy cannot reach it", CLOSE(STATUS("502 Bad Gateway")), "http_502", 2,
	    .client = "\"Proxy\": \"http://127.0.0.1:%PORT%\"" },
};
const size_t hostile_wire_n = sizeof(hostile_wire) / sizeof(hostile_wire[0]);
