#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "probe.h"

static const struct route routes[] = {
	{ "/whole", { ANSWER("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", END_KEEP) } },
	{ "/400/echo",
	    { ANSWER("HTTP/1.1 400 No\r\n\r\nkey s3cret-s3cret, token t0ken-t0ken, "
	             "basic dTpwYXNzd29yZC1wYXNzd29yZA==, password-password",
	        END_CLOSE) } },
};

static void
headers__say_what_was_asked_for(void **state)
{
	static const struct http_header own[] = { { "X-One", "1" }, { "X-Empty", "" }, { "accept", "text/x" },
		{ "Content-Type", "text/y" } };
	static const struct {
		const char *method, *body;
		size_t n_headers;
		const char *line, *has[4], *hasnt[3], *reason;
	} rows[] = {
		{ "GET", NULL, 0, "GET /whole HTTP/1.1\r\n",
		    { "\r\nAccept: application/json, application/x-ndjson\r\n", "\r\nUser-Agent: jobrun-test/1\r\n",
		        "\r\nAccept-Encoding: " },
		    { "Content-", "Expect", "Authorization" }, "a fetch" },
		{ "POST", "{\"a\":1}", 0, "POST /whole HTTP/1.1\r\n",
		    { "\r\nContent-Type: application/json\r\n", "\r\nContent-Length: 7\r\n", "\r\n\r\n{\"a\":1}" },
		    { "Expect" }, "a body" },
		{ "POST", NULL, 0, "POST /whole HTTP/1.1\r\n", { "\r\nContent-Length: 0\r\n" },
		    { "Content-Type: application/json" }, "no body" },
		{ "DELETE", NULL, 0, "DELETE /whole HTTP/1.1\r\n", { "\r\nAccept: " }, { "Content-Length" },
		    "another method" },
		{ "PUT", "x", 4, "PUT /whole HTTP/1.1\r\n",
		    { "\r\nX-One: 1\r\n", "\r\nX-Empty:\r\n", "\r\naccept: text/x\r\n",
		        "\r\nContent-Type: text/y\r\n" },
		    { "application/json", "application/x-ndjson" }, "the caller's own win" },
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		struct probe p = { .request = { .method = rows[i].method,
			               .body = rows[i].body,
			               .body_len = rows[i].body != NULL ? strlen(rows[i].body) : 0,
			               .headers = own,
			               .n_headers = rows[i].n_headers } };
		const char *last = server.seen->last;

		probe_run(&p, server.port, "/whole");
		if (strncmp(last, rows[i].line, strlen(rows[i].line)) != 0)
			fail_msg("%s: %s", rows[i].reason, last);
		for (j = 0; j < N(rows[i].has) && rows[i].has[j] != NULL; j++)
			if (strstr(last, rows[i].has[j]) == NULL)
				fail_msg("%s: no %s in %s", rows[i].reason, rows[i].has[j], last);
		for (j = 0; j < N(rows[i].hasnt) && rows[i].hasnt[j] != NULL; j++)
			if (strstr(last, rows[i].hasnt[j]) != NULL)
				fail_msg("%s: %s in %s", rows[i].reason, rows[i].hasnt[j], last);
		probe_release(&p);
	}
}

static void
headers__are_not_shown_when_an_error_repeats_them(void **state)
{
	static const struct http_header headers[] = { { "X-Api-Key", "s3cret-s3cret" },
		{ "Authorization", "Bearer t0ken-t0ken" }, { "X-Short", "key" } };
	struct probe p = {
		.request = { .headers = headers, .n_headers = N(headers), .user = "u", .password = "password-password" }
	};

	(void)state;
	probe_run(&p, server.port, "/400/echo");
	if (strstr(p.result.why.text,
	        "key *************, token ***********, basic ****************************, *****************") == NULL)
		fail_msg("%s", p.result.why.text);
	probe_release(&p);
}

static void
headers__encode_basic(void **state)
{
	static const struct {
		const char *user, *password, *line;
	} rows[] = {
		{ "Aladdin", "open sesame", "\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n" },
		{ "u", "pw", "\r\nAuthorization: Basic dTpwdw==\r\n" },
		{ "u", "pwd", "\r\nAuthorization: Basic dTpwd2Q=\r\n" },
		{ "u", "pwd:", "\r\nAuthorization: Basic dTpwd2Q6\r\n" },
		{ "", "\xc3\xbf\xc3\xbf", "\r\nAuthorization: Basic OsO/w78=\r\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		struct probe p = { .request = { .user = rows[i].user, .password = rows[i].password } };

		probe_run(&p, server.port, "/whole");
		if (strstr(server.seen->last, rows[i].line) == NULL)
			fail_msg("%s: %s", rows[i].password, server.seen->last);
		probe_release(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers__say_what_was_asked_for),
		cmocka_unit_test(headers__are_not_shown_when_an_error_repeats_them),
		cmocka_unit_test(headers__encode_basic),
	};

	fixture_routes(routes, N(routes));
	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
