#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "base/bounds.h"
#include "base/clock.h"
#include "base/escape.h"
#include "config/notify.h"
#include "file.h"
#include "http/engine.h"
#include "print.h"
#include "store/catalog.h"
#include "store/setting.h"
#include "tell.h"
#include "words.h"

int
verb_notify_set(struct app *app, int *status, struct err *e)
{
	static const char *const what[] = { "set", "changed", "is so already; nothing changed" };
	struct notify_config config = { 0 };
	struct buf text;
	size_t i;
	int existed, ret = -1;

	(void)status;
	buf_init(&text, BOUND_CONFIG_BYTES);
	if (file_read(app->words[0], &text, e) == -1 ||
	    notify_config_parse(&config, buf_text(&text), text.len, e) == -1 ||
	    setting_set(&app->db, SETTING_NOTIFY, text.at, &existed, e) == -1)
		goto out;
	printf("notify: %s", what[existed]);
	for (i = 0; existed != 2 && i < config.n; i++) {
		fputs(i == 0 ? "; told of alerts: " : ", ", stdout);
		print_text(config.targets[i].shown);
	}
	putchar('\n');
	ret = 0;
out:
	notify_config_release(&config);
	buf_release(&text);
	return ret;
}

int
verb_notify_show(struct app *app, int *status, struct err *e)
{
	bool json = app->opt.value[OPT_JSON] != NULL, array;
	char *definition = NULL;
	int found = setting_get(&app->db, SETTING_NOTIFY, &definition, e);
	const char *text;
	size_t len;

	(void)status;
	if (found == -1)
		return -1;
	if (found == 1) {
		puts(json ? "[]" : "nobody is told of alerts, but by jobs that say whom (jobrun notify set)");
		return 0;
	}
	/* As it was given, so that it can be edited and set again; it was checked to be JSON then. */
	text = definition + strspn(definition, " \t\r\n");
	for (len = strlen(text); len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL; len--)
		continue;
	array = text[0] == '[' || !json;
	printf("%s%.*s%s\n", array ? "" : "[", (int)len, text, array ? "" : "]");
	free(definition);
	return 0;
}

int
verb_notify_remove(struct app *app, int *status, struct err *e)
{
	int gone = setting_remove(&app->db, SETTING_NOTIFY, e);

	(void)status;
	if (gone == -1)
		return -1;
	puts(gone == 0 ? "notify: removed; only jobs that say whom tell anybody of alerts"
	               : "notify: there was none; nothing changed");
	return 0;
}

/* Which ones took it. */
struct test {
	size_t failed;
};

static void
test_over(void *arg, const char *to, const struct err *why)
{
	struct test *test = arg;

	print_text(to);
	if (why == NULL) {
		puts(": took it");
		return;
	}
	test->failed++;
	fputs(": FAILED: ", stdout);
	print_text(why->text);
	putchar('\n');
}

/* An alert of that job, or of none, that is none. */
static size_t
send_test(struct app *app, const struct catalog_job *job, struct test *test)
{
	struct notify_sink sink = { test_over, test };
	struct notify_from from;
	char host[TELL_HOST], now[CLOCK_TEXT], kind[] = NOTIFY_TEST, nobody[] = "",
	                                       message[] = "a test: alerts of jobrun arrive here";
	struct alert alert = {
		.job_type = job->type,
		.job = job->name,
		.client = nobody,
		.group = nobody,
		.kind = kind,
		.message = message,
		.opened_at = now,
		.reminded_at = now,
		.change = NOTIFY_TEST,
	};
	struct alert_list alerts = { .at = &alert, .n = 1 };

	clock_text(clock_utc_ms(), now);
	tell_from(&from, host, NULL);
	return notify_tell(&app->db, &alerts, &from, &sink);
}

int
verb_notify_test(struct app *app, int *status, struct err *e)
{
	struct catalog_job job;
	struct test test = { 0 };
	size_t told;

	if (job_option(app, app->n_words > 0 ? app->words[0] : NULL, &job, e) == -1 || engine_global(e) == -1)
		return -1;
	told = send_test(app, &job, &test);
	if (told == 0)
		puts("nobody is told of these alerts (jobrun notify set, or Notify in the job)");
	*status = told == 0 || test.failed > 0 ? 1 : 0;
	catalog_job_release(&job);
	return 0;
}
