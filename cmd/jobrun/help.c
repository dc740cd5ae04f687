#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <sqlite3.h>

#include "app.h"

void
help_version(void)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);

	printf("jobrun %s\nlibcurl %s (%s), SQLite %s, cJSON %s\n", JOBRUN_VERSION, curl->version,
	    curl->ssl_version != NULL ? curl->ssl_version : "no TLS", sqlite3_libversion(), cJSON_Version());
}

void
help_all(void)
{
	const struct verb *v;
	char form[64];

	printf(
	    "jobrun: fetch completed records from other systems, apply rules in SQL, acknowledge what was applied\n\n"
	    "  jobrun init\n"
	    "  jobrun job install examples/jobs/sync-completed-records\n"
	    "  jobrun key new --jobs SyncCompletedRecords --label cron --ttl 90d > /etc/jobrun/key\n"
	    "  jobrun SyncCompletedRecords --key-file /etc/jobrun/key\n\n"
	    "usage: jobrun [run] JOB [options]\n"
	    "       jobrun VERB [options]\n\n");
	for (v = verbs; v->name != NULL; v++) {
		snprintf(form, sizeof(form), "%s %s", v->name, v->words);
		printf("  %-34s %s\n", form, v->line);
	}
	printf("\nEach verb has help of its own: jobrun VERB --help. The options of the main job: jobrun run --help.\n"
	       "Manuals: jobrun(1), jobrun-job(5).\n");
}

void
help_family(const char *family)
{
	const struct verb *v;
	char form[64];
	size_t len = strlen(family);

	for (v = verbs; v->name != NULL; v++) {
		if (strncmp(v->name, family, len) != 0 || v->name[len] != ' ')
			continue;
		snprintf(form, sizeof(form), "jobrun %s %s", v->name, v->words);
		printf("  %-44s %s\n", form, v->line);
	}
	printf("\nEach has help of its own: jobrun %s VERB --help.\n", family);
}

static void
print_examples(const char *examples)
{
	const char *line, *end;

	for (line = examples; line != NULL && *line != '\0'; line = *end == '\n' ? end + 1 : end) {
		end = strchrnul(line, '\n');
		printf("  %.*s\n", (int)(end - line), line);
	}
}

void
help_verb(const struct verb *v)
{
	uint64_t all = v->options | OPTIONS_EVERYWHERE;
	int id;

	printf("jobrun %s: %s\n\n", v->name, v->line);
	if (v->examples != NULL)
		print_examples(v->examples);
	printf("\nusage: jobrun %s%s%s [options]\n\n", v->name, v->words[0] != '\0' ? " " : "", v->words);
	for (id = 0; id < OPT_COUNT; id++)
		if ((all & OPTION(id)) != 0)
			printf("  %-32s %s\n", options_form((enum option_id)id), options_meaning((enum option_id)id));
}

int
verb_help(struct app *app, int *status, struct err *e)
{
	char name[64];
	const struct verb *v;

	(void)status;
	if (app->n_words == 0) {
		help_all();
		return 0;
	}
	snprintf(name, sizeof(name), "%s%s%s", app->words[0], app->n_words > 1 ? " " : "",
	    app->n_words > 1 ? app->words[1] : "");
	if (app->n_words == 1 && verb_is_family(app->words[0])) {
		help_family(app->words[0]);
		return 0;
	}
	if ((v = verb_find(name)) == NULL)
		return verb_is_family(app->words[0])
		    ? verb_unknown(app->words[0], app->words[1], e)
		    : err_set(e, ERR_USAGE, "usage", "there is no verb %s%s%s; see jobrun --help", app->words[0],
		          verb_near(app->words[0]) != NULL ? "; did you mean " : "",
		          verb_near(app->words[0]) != NULL ? verb_near(app->words[0]) : "");
	help_verb(v);
	return 0;
}
