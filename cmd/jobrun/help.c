#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <sqlite3.h>

#include "app.h"
#include "base/bounds.h"
#include "report/libraries.h"
#include "report/wrap.h"

/* What every terminal has. */
#define WIDTH 80
/* Where what a verb does begins, and what an option means; a longer word has that on the line below. */
#define VERB_COLUMN 36
#define OPTION_COLUMN 35

/* "  word   what it is", in two columns, wrapped. */
static void
print_entry(const char *word, const char *text, size_t column)
{
	char room[BOUND_HELP_ENTRY];
	struct buf b;
	size_t at;

	buf_lend(&b, room, sizeof(room));
	at = (size_t)printf("  %s", word);
	if (at >= column) {
		putchar('\n');
		at = 0;
	}
	printf("%*s", (int)(column - at), "");
	(void)wrap_text(&b, text, column, column, WIDTH);
	puts(buf_text(&b));
}

static void
print_verb(const struct verb *v)
{
	char form[100];

	snprintf(form, sizeof(form), "%s%s%s", v->name, v->words[0] != '\0' ? " " : "", v->words);
	print_entry(form, v->line, VERB_COLUMN);
}

/* What is known to be wrong with a library that is in use. */
static void
print_faults(const char *library, const char *version)
{
	const struct libraries_fault *fault = NULL;

	while ((fault = libraries_fault(library, version, fault)) != NULL)
		printf("warning: %s %s: %s; %s\n", library, version, fault->what, fault->about);
}

void
help_version(void)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
	const struct {
		const char *library, *version;
	} in_use[] = {
		{ "libcurl", curl->version },
		{ "SQLite", sqlite3_libversion() },
		{ "cJSON", cJSON_Version() },
		/* It does not say at run time which one it is. */
		{ "libbsd", JOBRUN_LIBBSD_VERSION },
	};
	size_t i;

	printf("jobrun %s\nlibcurl %s (%s), SQLite %s, cJSON %s, libbsd %s (at build)\n", JOBRUN_VERSION,
	    in_use[0].version, curl->ssl_version != NULL ? curl->ssl_version : "no TLS", in_use[1].version,
	    in_use[2].version, in_use[3].version);
	for (i = 0; i < sizeof(in_use) / sizeof(in_use[0]); i++)
		print_faults(in_use[i].library, in_use[i].version);
}

void
help_all(void)
{
	static const char *const groups[GROUP_COUNT] = {
		[GROUP_RUN] = "run",
		[GROUP_SEE] = "see how it goes",
		[GROUP_MEND] = "mend",
		[GROUP_WRITE] = "write a job",
		[GROUP_CONFIGURE] = "configure",
		[GROUP_LIVE] = "live with it",
	};
	const struct verb *v;
	int group;

	printf("jobrun: fetch completed records from other systems, apply rules in SQL,\n"
	       "acknowledge what was applied\n\n"
	       "  jobrun init\n"
	       "  jobrun job install examples/jobs/sync-completed-records\n"
	       "  jobrun key new --jobs SyncCompletedRecords --label cron > /etc/jobrun/key\n"
	       "  jobrun SyncCompletedRecords --key-file /etc/jobrun/key\n"
	       "  jobrun status\n\n"
	       "usage: jobrun [run] JOB [options]\n"
	       "       jobrun VERB [options]\n");
	for (group = 0; group < GROUP_COUNT; group++) {
		printf("\n%s\n", groups[group]);
		for (v = verbs; v->name != NULL; v++)
			if ((int)v->group == group)
				print_verb(v);
	}
	printf("\nEach verb has help of its own: jobrun VERB --help. The options of the main job:\n"
	       "jobrun run --help. Manuals: jobrun(1), jobrun-VERB(1), jobrun-job(5).\n");
}

/* Each on a line of its own, or on several that end with a backslash; only_first: none behind the first. */
static void
print_examples(const char *examples, bool only_first)
{
	const char *line, *end;

	for (line = examples; line != NULL && *line != '\0'; line = *end == '\n' ? end + 1 : end) {
		end = strchrnul(line, '\n');
		printf("  %.*s\n", (int)(end - line), line);
		if (only_first && end[-1] != '\\')
			break;
	}
}

static bool
is_of(const struct verb *v, const char *family, size_t len)
{
	return strncmp(v->name, family, len) == 0 && v->name[len] == ' ';
}

void
help_family(const char *family)
{
	const struct verb *v;
	size_t len = strlen(family);

	printf("jobrun %s: one of its verbs\n\n", family);
	for (v = verbs; v->name != NULL; v++)
		if (is_of(v, family, len))
			print_examples(v->examples, true);
	printf("\nusage: jobrun %s VERB [options]\n\n", family);
	for (v = verbs; v->name != NULL; v++)
		if (is_of(v, family, len))
			print_verb(v);
	printf("\nEach has help of its own: jobrun %s VERB --help.\n", family);
}

void
help_verb(const struct verb *v)
{
	uint64_t all = v->options | OPTIONS_EVERYWHERE;
	char room[BOUND_HELP_ENTRY];
	struct buf b;
	int id;

	buf_lend(&b, room, sizeof(room));
	/* It puts the blank before the first word. */
	printf("jobrun %s:", v->name);
	(void)wrap_text(&b, v->line, strlen("jobrun :") + strlen(v->name), 0, WIDTH);
	printf("%s\n\n", buf_text(&b));
	print_examples(v->examples, false);
	printf("\nusage: jobrun %s%s%s [options]\n\n", v->name, v->words[0] != '\0' ? " " : "", v->words);
	for (id = 0; id < OPT_COUNT; id++)
		if ((all & OPTION(id)) != 0)
			print_entry(
			    options_form((enum option_id)id), options_meaning((enum option_id)id), OPTION_COLUMN);
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
