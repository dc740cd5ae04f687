#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "run/item.h"

static const char definition[] = "{\"JobType\":1,\"Name\":\"X\",\"Rules\":\"rules.sql\",\"BaseUrl\":\"https://h\","
                                 "\"Fetch\":{\"ItemVersion\":\"/v\"}}";

static void
item__gets_its_key_or_a_reason(void **state)
{
	static const struct {
		const char *text, *id;
		int quoted;
		const char *version, *code;
	} cases[] = {
		{ "{\"id\":7}", "7", 0, "", NULL },
		{ "{\"id\":\"7\"}", "7", 1, "", NULL },
		{ "{\"id\":9007199254740993,\"v\":2}", "9007199254740993", 0, "2", NULL },
		{ "{\"id\":18446744073709551615,\"v\":null}", "18446744073709551615", 0, "", NULL },
		{ "{\"id\":1.0}", "1.0", 0, "", NULL },
		{ "{\"id\":-0}", "-0", 0, "", NULL },
		{ "{\"id\":\"\\u0041\\u00e9\",\"v\":\"\\ud83d\\ude00\"}", "A\u00e9", 1, "\U0001F600", NULL },
		{ "{\"name\":1}", "", 0, "", "item_no_id" },
		{ "{\"id\":null}", "", 0, "", "item_no_id" },
		{ "{\"id\":\"\"}", "", 0, "", "item_bad_id" },
		{ "{\"id\":true}", "", 0, "", "item_bad_id" },
		{ "{\"id\":[1]}", "", 0, "", "item_bad_id" },
		{ "{\"id\":{}}", "", 0, "", "item_bad_id" },
		{ "{\"id\":\"\\ud800\"}", "", 0, "", "item_bad_id" },
		{ "{\"id\":7,\"v\":[]}", "", 0, "", "item_bad_version" },
		{ "{\"id\":7,\"v\":1,\"v\":2}", "", 0, "1", "item_key_twice" },
		{ "{\"id\":7,\"a\":1,\"a\":2,\"id\":8}", "", 0, "", "item_key_twice" },
		{ "{\"id\":7,\"a\":1,\"a\":2}", "7", 0, "", "item_key_twice" },
		{ "{\"id\":7,\"\\u0069d\":8}", "", 0, "", "item_key_twice" },
		{ "7", "", 0, "", "item_no_object" },
		{ "[7]", "", 0, "", "item_no_object" },
		{ "null", "", 0, "", "item_no_object" },
	};
	struct item item;
	struct job job;
	struct err why = ERR_INIT;
	size_t i;
	int ret;

	(void)state;
	assert_int_equal(job_parse(&job, definition, sizeof(definition) - 1, &why), 0);
	item_init(&item);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ret = item_read(&item, &job, json_value_of(cases[i].text, strlen(cases[i].text)), &why);
		if (ret != (cases[i].code != NULL))
			fail_msg("%s: answered %d", cases[i].text, ret);
		if (cases[i].code != NULL)
			assert_string_equal(why.code, cases[i].code);
		if (item.key.id_len != strlen(cases[i].id) || memcmp(item.key.id, cases[i].id, item.key.id_len) != 0)
			fail_msg("%s: id %.*s", cases[i].text, (int)item.key.id_len, item.key.id);
		if (item.key.id_len > 0)
			assert_int_equal(item.key.quoted, cases[i].quoted);
		assert_int_equal(item.key.version_len, strlen(cases[i].version));
		assert_memory_equal(item.key.version, cases[i].version, item.key.version_len);
	}
	item_release(&item);
	job_release(&job);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(item__gets_its_key_or_a_reason) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
