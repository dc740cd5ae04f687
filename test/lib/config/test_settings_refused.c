#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "config/settings.h"
#include "fixture.h"

static void
apply__refuses_with_the_path(void **state)
{
	static const struct {
		const char *json, *message;
	} cases[] = {
		{ "{\"BaseUrl\": 7}", "BaseUrl: give a string, found a number" },
		{ "{\"BaseUrl\": \"\"}", "BaseUrl: is empty" },
		{ "{\"BaseUrl\": \"ftp://h\"}", "BaseUrl: " },
		{ "{\"BaseUrl\": \"https://u:p@h\"}", "BaseUrl: " },
		{ "{\"BaseUrl\": \"https://h/?q=1\"}", "BaseUrl: " },
		{ "{\"BaseUrl\": \"https://h\\u0000x\"}", "BaseUrl: holds a NUL character" },
		{ "{\"BaseUrl\": \"https://h\\n\"}", "BaseUrl: holds a control character" },
		{ "{\"BaseUrl\": \"https://h\\udc00\"}", "BaseUrl: holds half of a surrogate pair" },
		{ "{\"Auth\": \"Bearer s3cret\"}", "Auth: give an object, found a string" },
		{ "{\"Auth\": {}}", "Auth: give one of Bearer, Basic, Header" },
		{ "{\"Auth\": {\"Bearer\": \"env:A\", \"Basic\": {}, \"Header\": {}}}",
		    "Auth: give one of Bearer, Basic, Header" },
		{ "{\"Auth\": {\"Barer\": \"env:A\"}}", "Auth.Barer: unknown key; did you mean Bearer?" },
		{ "{\"Auth\": {\"Zzzzzz\": \"env:A\"}}",
		    "Auth.Zzzzzz: unknown key; known here: Bearer, Basic, Header" },
		{ "{\"Auth\": {\"Bearer\": \"s3cret\"}}", "Auth.Bearer: " },
		{ "{\"Auth\": {\"Bearer\": 12345}}", "Auth.Bearer: give a string, found a number" },
		{ "{\"Auth\": {\"Basic\": \"u:s3cret\"}}", "Auth.Basic: give an object, found a string" },
		{ "{\"Auth\": {\"Basic\": {\"User\": \"u\"}}}", "Auth.Basic: give both User and Password" },
		{ "{\"Auth\": {\"Basic\": {\"User\": \"u:v\", \"Password\": \"env:P\"}}}",
		    "Auth.Basic.User: holds a colon" },
		{ "{\"Auth\": {\"Basic\": {\"User\": \"u\", \"Password\": \"s3cret\"}}}", "Auth.Basic.Password: " },
		{ "{\"Auth\": {\"Header\": {\"Value\": \"env:P\"}}}", "Auth.Header: give both Name and Value" },
		{ "{\"Auth\": {\"Header\": true}}", "Auth.Header: give an object, found true" },
		{ "{\"Auth\": {\"Header\": {\"Name\": \"X Y\", \"Value\": \"env:P\"}}}",
		    "Auth.Header.Name: is no header name" },
		{ "{\"Auth\": {\"Header\": {\"Name\": \"host\", \"Value\": \"env:P\"}}}",
		    "Auth.Header.Name: cannot be set here" },
		{ "{\"Auth\": {\"Header\": {\"Name\": 1, \"Value\": \"env:P\"}}}", "Auth.Header.Name: give a string" },
		{ "{\"Headers\": []}", "Headers: give an object, found an array" },
		{ "{\"Headers\": {\"X-A\": 5}}", "Headers.X-A: give a string, found a number" },
		{ "{\"Headers\": {\"X-A\": \"v\\r\\nX-Evil: s3cret\"}}", "Headers.X-A: holds a control character" },
		{ "{\"Headers\": {\"X-A\": \"v\\u0085\"}}", "Headers.X-A: holds a control character" },
		{ "{\"Headers\": {\"X-A\": \"v\\u0000\"}}", "Headers.X-A: holds a NUL" },
		{ "{\"Headers\": {\"\": \"v\"}}", "Headers: is no header name" },
		{ "{\"Headers\": {\"X-A:\": \"v\"}}", "Headers.X-A:: is no header name" },
		{ "{\"Headers\": {\"X\\ud800\": \"v\"}}", "Headers: holds half of a surrogate pair" },
		{ "{\"Headers\": {\"X-A\": \"1\", \"x-a\": \"2\"}}", "Headers.x-a: given twice" },
		{ "{\"Headers\": {\"HOST\": \"v\"}}", "Headers.HOST: cannot be set here: it comes from BaseUrl" },
		{ "{\"Headers\": {\"Content-Length\": \"5\"}}", "Headers.Content-Length: cannot be set here" },
		{ "{\"Headers\": {\"Transfer-Encoding\": \"x\"}}", "Headers.Transfer-Encoding: cannot be set here" },
		{ "{\"Headers\": {\"Connection\": \"x\"}}", "Headers.Connection: cannot be set here" },
		{ "{\"Headers\": {\"Idempotency-Key\": \"x\"}}", "Headers.Idempotency-Key: cannot be set here" },
		{ "{\"Headers\": {\"authorization\": \"s3cret\"}}",
		    "Headers.authorization: cannot be set here: give Auth" },
		{ "{\"Timeout\": 0}", "Timeout: give seconds, above 0 and up to 86400, found 0" },
		{ "{\"Timeout\": -1}", "Timeout: give seconds, above 0 and up to 86400, found -1" },
		{ "{\"Timeout\": 86401}", "Timeout: give seconds, above 0 and up to 86400, found 86401" },
		{ "{\"Timeout\": \"30\"}", "Timeout: give seconds, above 0 and up to 86400, found \"30\"" },
		{ "{\"Timeout\": 1e999}", "Timeout: give seconds, above 0 and up to 86400, found 1e999" },
		{ "{\"ConnectTimeout\": true}", "ConnectTimeout: give seconds, above 0 and up to 86400, found true" },
		{ "{\"Retries\": 101}", "Retries: give a whole number from 0 to 100, found 101" },
		{ "{\"Retries\": 1.5}", "Retries: give a whole number from 0 to 100, found 1.5" },
		{ "{\"Retries\": -1}", "Retries: give a whole number from 0 to 100, found -1" },
		{ "{\"RateLimit\": 0}", "RateLimit: give requests a second, above 0, found 0" },
		{ "{\"MaxItemBytes\": 0}", "MaxItemBytes: give a whole number from 1 to 67108864, found 0" },
		{ "{\"MaxItemBytes\": 67108865}",
		    "MaxItemBytes: give a whole number from 1 to 67108864, found 67108865" },
		{ "{\"MaxItemBytes\": 10000000000000000000000000000000000000000000000}",
		    "MaxItemBytes: give a whole number from 1 to 67108864, found 1000000000000000000000000000000000000000…" },
		{ "{\"CaFile\": \"ca.pem\"}", "CaFile: give an absolute path" },
		{ "{\"CaFile\": 1}", "CaFile: give a string, found a number" },
		{ "{\"Proxy\": \"https://p\"}", "Proxy: give a proxy as http://host:port" },
		{ "{\"Proxy\": \"http://u:s3cret@p\"}", "Proxy: give a proxy as http://host:port" },
		{ "{\"Proxy\": 1}", "Proxy: give a string, found a number" },
		{ "{\"AllowHttp\": \"true\"}", "AllowHttp: give true or false, found \"true\"" },
		{ "{\"AllowHttp\": 1}", "AllowHttp: give true or false, found 1" },
	};
	struct err e = ERR_INIT;
	struct settings s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		settings_init(&s);
		if (apply_json(&s, cases[i].json, LEVEL_CLIENT, &e) != -1)
			fail_msg("%s passes", cases[i].json);
		assert_begins(e.text, "client 7: ", cases[i].json);
		assert_begins(e.text + strlen("client 7: "), cases[i].message, cases[i].json);
		assert_int_equal(e.kind, ERR_CONFIG);
		assert_null(strstr(e.text, "s3cret"));
		settings_release(&s);
	}
}

static void
apply__refuses_a_flood_of_headers(void **state)
{
	struct err e = ERR_INIT;
	struct settings s;
	struct buf json;
	int i, level;

	(void)state;
	settings_init(&s);
	for (level = 0; level < 2; level++) {
		buf_init(&json, 100000);
		buf_adds(&json, "{\"Headers\": {");
		for (i = 0; i <= BOUND_HEADERS / 2; i++)
			buf_addf(&json, "%s\"X-%d-%d\": \"v\"", i > 0 ? ", " : "", level, i);
		buf_adds(&json, "}}");
		assert_int_equal(apply_json(&s, json.at, LEVEL_SYSTEM, &e), -level);
		buf_release(&json);
	}
	assert_begins(
	    e.text, "client 7: Headers.X-1-49: is one header too many; at most 100 are allowed", "two levels");
	settings_release(&s);
	buf_init(&json, 100000);
	buf_adds(&json, "{\"Headers\": {\"X\": null");
	for (i = 0; i < BOUND_HEADERS; i++)
		buf_addf(&json, ", \"X-%d\": null", i);
	buf_adds(&json, "}}");
	assert_int_equal(apply_json(&s, json.at, LEVEL_SYSTEM, &e), -1);
	assert_begins(e.text, "client 7: Headers: holds 101 headers; at most 100 are allowed", "one level");
	buf_release(&json);
	settings_release(&s);
}

static void
check_system__refuses(void **state)
{
	static const struct {
		const char *json, *message;
	} cases[] = {
		{ "{}", "" },
		{ "{\"BaseUrl\": \"https://a\"}", "" },
		{ "{\"Timeout\": 5, \"Auth\": {\"Bearer\": \"env:A\"}}", "" },
		{ "[1]", "system ris: give an object, found an array" },
		{ "{\"BaseUrl\": }", "system ris: " },
		{ "{\"Timeout\": 5, \"Timeout\": 6}", "system ris: Timeout: given twice" },
		{ "{\"Auth\": {\"Bearer\": \"env:A\", \"Bearer\": \"env:B\"}}",
		    "system ris: Auth.Bearer: given twice" },
		{ "{\"Headers\": {\"A\": [{\"x\": 1, \"x\": 2}]}}", "system ris: Headers.A[0].x: given twice" },
		{ "{\"BaseURL\": \"https://a\"}", "system ris: BaseURL: unknown key; did you mean BaseUrl?" },
		{ "{\"BaseUrl\": \"http://a\"}", "system ris: BaseUrl: plain http is refused" },
		{ "{\"Retries\": \"x\"}", "system ris: Retries: give a whole number" },
	};
	struct err e = ERR_INIT;
	struct buf large;
	size_t i;
	int ret;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		err_clear(&e);
		ret = settings_check_system("ris", cases[i].json, strlen(cases[i].json), &e);
		assert_begins(e.text, cases[i].message, cases[i].json);
		if (ret != (cases[i].message[0] == '\0' ? 0 : -1))
			fail_msg("%s: %s", cases[i].json, e.text);
	}
	buf_init(&large, BOUND_CONFIG_BYTES + 1);
	while (buf_addc(&large, ' ') == 0)
		continue;
	assert_int_equal(settings_check_system("ris", large.at, large.len, &e), -1);
	assert_begins(e.text, "system ris: is 1048577 bytes long; at most 1048576 are allowed", "too large");
	buf_release(&large);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(apply__refuses_with_the_path),
		cmocka_unit_test(apply__refuses_a_flood_of_headers),
		cmocka_unit_test(check_system__refuses),
	};

	return cmocka_run_group_tests_name("settings_refused", tests, NULL, NULL);
}
