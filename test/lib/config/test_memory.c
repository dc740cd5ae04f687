/*
 * Memory running out, at each place once: nothing leaks (the sanitizer looks), and it is told as what it is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../failing.h"
#include "config/client.h"
#include "config/template.h"

static const char job_text[] =
    "{\"JobType\": 1, \"Name\": \"N\", \"Description\": \"D\", \"System\": \"S\", \"Rules\": \"r\", \"BaseUrl\": \"https://h\","
    " \"Auth\": {\"Header\": {\"Name\": \"X\", \"Value\": \"env:V\"}}, \"Headers\": {\"A\": \"1\", \"B\": \"2\"},"
    " \"CaFile\": \"/c\", \"Proxy\": \"http://p\", \"Ping\": \"https://h/p\","
    " \"Notify\": [{\"Url\": \"https://h\", \"Headers\": {\"A\": \"1\"}}, {\"Command\": [\"/c\", \"a\"]}],"
    " \"Fetch\": {\"Method\": \"POST\", \"Path\": \"/p\", \"Body\": {\"a\": [\"{Days}\"]}, \"Query\": {\"a\": \"b\", \"n\": 1},"
    " \"Items\": \"/i\", \"ItemId\": \"/k\", \"ItemVersion\": \"/v\", \"Pages\": {\"Cursor\": \"/c\"}},"
    " \"Ack\": {\"Method\": \"PUT\", \"Path\": \"/a\", \"Rejected\": \"/r\"}}";
static const char least_text[] =
    "{\"JobType\": 1, \"Name\": \"N\", \"Rules\": \"r\", \"Fetch\": {\"Pages\": {\"Page\": \"p\"}}}";
static const char wrong_text[] = "{\"JobTyp\": 1}";
static const char all_wrong_text[] =
    "{\"JobTyp\": 1, \"Name\": \"N\", \"Rules\": \"/\", \"Rules\": 1, \"Auth\": {\"Bearer\": \"x\"}, \"Headers\": {\"A\": 1},"
    " \"Fetch\": {\"Query\": {\"a\": []}, \"Pages\": {\"Link\": true, \"Size\": 1}}, \"Ack\": {\"Body\": null},"
    " \"Notify\": [{\"Url\": \"https://h\"}, {\"Command\": [\"c\"]}]}";
static const char system_text[] =
    "{\"BaseUrl\": \"https://s\", \"Auth\": {\"Basic\": {\"User\": \"u\", \"Password\": \"env:P\"}}}";
static const char row_text[] =
    "[{\"ClientId\": 1}, {\"ClientId\": \"b\", \"GroupId\": 2, \"Route\": \"/own\", \"System\": \"T\", \"X\": {}}]";

static int
parse_job(struct err *e)
{
	struct job job;
	int ret = job_parse(&job, job_text, strlen(job_text), e);

	job_release(&job);
	return ret;
}

static int
parse_least(struct err *e)
{
	struct job job;
	int ret = job_parse(&job, least_text, strlen(least_text), e);

	job_release(&job);
	return ret;
}

/* Refused in any case: for want of memory, or in the end for its key. */
static int
parse_wrong(struct err *e)
{
	struct job job;

	assert_int_equal(job_parse(&job, wrong_text, strlen(wrong_text), e), -1);
	return e->kind == ERR_CONFIG ? 0 : -1;
}

/* What may be right is never called wrong. */
static int
try_job(struct err *e)
{
	struct job job;
	int read = job_try(&job, job_text, strlen(job_text), e);

	assert_int_not_equal(read, 0);
	if (read == 1)
		job_release(&job);
	return read == 1 ? 0 : -1;
}

/* Of every kind that a definition can have. */
static int
parse_all_wrong(struct err *e)
{
	struct faults faults = { 0 };
	struct job job;

	assert_int_equal(job_parse_all(&job, all_wrong_text, strlen(all_wrong_text), &faults, e), -1);
	if (e->kind == ERR_CONFIG)
		assert_int_equal(faults.n, 10);
	faults_release(&faults);
	job_release(&job);
	return e->kind == ERR_CONFIG ? 0 : -1;
}

static int
check_system(struct err *e)
{
	return settings_check_system("S", system_text, strlen(system_text), e);
}

static int
take(void *arg, struct client *c, struct err *e)
{
	(void)arg;
	(void)e;
	client_release(c);
	return 0;
}

static int
take_bad(void *arg, const char *id, const char *group, const struct err *why, struct err *e)
{
	(void)arg;
	(void)id;
	(void)group;
	(void)e;
	fail_msg("no entry is bad: %s", why->text);
	return -1;
}

static int
read_row(struct err *e)
{
	const struct client_sink sink = { take, take_bad, NULL };

	return client_read_row(1, "/row", "9", row_text, strlen(row_text), &sink, e);
}

static int
parse_client(struct err *e)
{
	static const char text[] = "{\"ClientId\": 1, \"Auth\": {\"Bearer\": \"env:T\"}, \"BaseUrl\": \"https://c\"}";
	struct client c;
	int ret = client_parse(&c, 1, "/row", "9", text, strlen(text), e);

	client_release(&c);
	return ret;
}

/* What a view is made of is read with memory to spare. */
static struct job the_job;
static struct client the_client;

static int
view(struct err *e)
{
	struct client_override override = { 1, 2 };
	struct settings copy;
	struct client_view v;
	int ret = client_view_init(&v, &the_client, &the_job, system_text, &override, e);

	if (ret == 0 && (ret = settings_copy(&copy, &v.settings, e)) == 0) {
		ret = settings_check(&copy, "", NULL, e);
		settings_release(&copy);
	}
	client_view_release(&v);
	return ret;
}

static const struct {
	const char *name;
	int (*run)(struct err *e);
} cases[] = {
	{ "a job", parse_job },
	{ "a job of defaults", parse_least },
	{ "a job that might be wrong", try_job },
	{ "a wrong job", parse_wrong },
	{ "all that is wrong with a job", parse_all_wrong },
	{ "a system", check_system },
	{ "a row", read_row },
	{ "a client", parse_client },
	{ "a view", view },
};

static void
memory__running_out_is_told_as_such(void **state)
{
	static const char client_text[] = "{\"ClientId\": 1, \"System\": \"T\", \"Headers\": {\"B\": null}}";
	struct err e = ERR_INIT;
	size_t i;
	int ret;

	(void)state;
	assert_int_equal(job_parse(&the_job, job_text, strlen(job_text), &e), 0);
	assert_int_equal(client_parse(&the_client, 1, "/row", "9", client_text, strlen(client_text), &e), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct failing f = { 0 };

		while (failing_next(&f)) {
			err_clear(&e);
			failing_begin(&f);
			ret = cases[i].run(&e);
			failing_end(&f);
			/* What is only words for a message may be missing; all else must not. */
			if (ret == -1 && (!f.failed || e.kind != ERR_INTERNAL))
				fail_msg("%s, allocation %ld: %s", cases[i].name, f.nth, e.text);
		}
		assert_true(f.nth > 3);
	}
	client_release(&the_client);
	job_release(&the_job);
}

static struct json_value
get(void *arg, const char *name, size_t len)
{
	(void)arg;
	(void)name;
	(void)len;
	return json_value_of("\"v\"", 3);
}

static void
memory__running_out_leaves_no_half_a_text(void **state)
{
	static const struct template_scope scope = { get, NULL };
	struct json_value body = json_value_of("[\"a {X} b\"]", 11);
	struct err e = ERR_INIT;
	struct failing f = { 0 };
	char missing[64];
	struct buf out;

	(void)state;
	for (f.nth = 1; f.nth <= 2; f.nth++) {
		buf_init(&out, 100);
		failing_begin(&f);
		assert_int_equal(template_path("/{X}", &scope, &out, missing, &e), -1);
		assert_string_equal(e.code, "no_memory");
		failing_begin(&f);
		buf_release(&out);
		assert_int_equal(template_query("{X}", &scope, &out, missing, &e), -1);
		assert_string_equal(buf_text(&out), "");
		buf_release(&out);
	}
	f.nth = 1;
	failing_begin(&f);
	err_clear(&e);
	assert_int_equal(template_body(body, &scope, &out, &e), -1);
	assert_string_equal(e.code, "no_memory");
	failing_end(&f);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory__running_out_is_told_as_such),
		cmocka_unit_test(memory__running_out_leaves_no_half_a_text),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
