#include "options.h"

#include <stdlib.h>
#include <string.h>

#include <bsd/stdlib.h>

#include "base/bounds.h"
#include "base/near.h"

struct row {
	const char *name; /* without the dashes */
	char letter;      /* 0: none */
	bool takes_value;
	const char *form, *meaning;
};

static const struct row rows[OPT_COUNT] = {
	[OPT_DB] = { "db", 0, true, "    --db FILE", "the database (JOBRUN_DB)" },
	[OPT_KEY] = { "key", 0, true, "    --key KEY",
	    "the job key (JOBRUN_KEY); others may see it for an instant: prefer a file" },
	[OPT_KEY_FILE] = { "key-file", 0, true, "    --key-file FILE",
	    "a file whose first line is the key (JOBRUN_KEY_FILE); - is standard input" },
	[OPT_PARALLEL] = { "parallel", 'j', true, "-j, --parallel N",
	    "clients in flight at once, 1 to 1024; default: the job's own" },
	[OPT_CLIENT] = { "client", 0, true, "    --client ID[,ID...]", "only these clients" },
	[OPT_GROUP] = { "group", 0, true, "    --group ID", "only this group" },
	[OPT_DAYS] = { "days", 0, true, "    --days N", "stands in for every client's Days in this run" },
	[OPT_YEAR] = { "year", 0, true, "    --year N", "stands in for every client's Year in this run" },
	[OPT_DRY_RUN] = { "dry-run", 'n', false, "-n, --dry-run", "change nothing; say what would have changed" },
	[OPT_FORCE] = { "force", 0, false, "    --force",
	    "run clients that are not due, or held by the rollout, too; with --advance: against the rule" },
	[OPT_WAIT] = { "wait", 0, true, "    --wait SECONDS",
	    "wait that long for another run of the job to end; default 0" },
	[OPT_MAX_TIME] = { "max-time", 0, true, "    --max-time SECONDS", "take no new work after that, end tidily" },
	[OPT_STRICT] = { "strict", 0, false, "    --strict", "any failed item makes the exit status 1" },
	[OPT_JSON] = { "json", 0, false, "    --json", "JSON on standard output" },
	[OPT_QUIET] = { "quiet", 'q', false, "-q, --quiet", "fewer log lines; watch: none" },
	[OPT_VERBOSE] = { "verbose", 'v', false, "-v, --verbose", "more log lines; -vv: still more" },
	[OPT_LOG_FORMAT] = { "log-format", 0, true, "    --log-format text|json",
	    "log lines as text, or one JSON object a line" },
	[OPT_PROGRESS] = { "progress", 0, true, "    --progress auto|always|never",
	    "a live line; auto: on a terminal" },
	[OPT_COLOR] = { "color", 0, true, "    --color auto|always|never", "colour; auto: on a terminal (NO_COLOR)" },
	[OPT_JOBS] = { "jobs", 0, true, "    --jobs JOB[,JOB...]", "the job types that the key opens; * is all" },
	[OPT_LABEL] = { "label", 0, true, "    --label TEXT", "what the key is for" },
	[OPT_TTL] = { "ttl", 0, true, "    --ttl TIME",
	    "how long the key is valid: 90d, 12h; default: until it is revoked" },
	[OPT_ROUTE] = { "route", 0, true, "    --route PATH", "the client's Route, when its entry has none" },
	[OPT_USER] = { "user", 0, true, "    --user ID", "CreatedByUserId of the new row; default: your user id" },
	[OPT_SINCE] = { "since", 0, true, "    --since TIME",
	    "only what is younger: 2h, 7d, a day such as 2026-11-23, or a whole UTC time" },
	[OPT_LIMIT] = { "limit", 0, true, "    --limit N",
	    "so many at the most; in a dry run: items whose rows are shown" },
	[OPT_JOB] = { "job", 0, true, "    --job JOB", "only this job type" },
	[OPT_STATE] = { "state", 0, true, "    --state failed|parked|owed|acked", "only items that are so" },
	[OPT_ALL] = { "all", 0, false, "    --all", "what is over, or well, too; of errors, each by itself" },
	[OPT_REASON] = { "reason", 0, true, "    --reason TEXT", "why, for whoever looks next" },
	[OPT_ADVANCE] = { "advance", 0, false, "    --advance", "from the pilots to all clients" },
	[OPT_PROBE] = { "probe", 0, false, "    --probe", "ask each external system, too; nothing is applied" },
	[OPT_METRICS_FILE] = { "metrics-file", 0, true, "    --metrics-file FILE",
	    "write metrics there when the run has ended, for node_exporter's textfile collector" },
	[OPT_NO_SANDBOX] = { "no-sandbox", 0, false, "    --no-sandbox",
	    "run without Landlock, which else holds a run to the files it needs and the network" },
	[OPT_KEEP] = { "keep", 0, true, "    --keep TIME", "keep what is younger: 90d" },
	[OPT_GRACE] = { "grace", 0, true, "    --grace TIME",
	    "how late a client may be; default: a quarter of its SendFrequency, 5 minutes at least" },
	[OPT_NO_TEST] = { "no-test", 0, false, "    --no-test", "install also without running the folder's tests" },
	[OPT_SCHEMA] = { "schema", 0, true, "    --schema FILE",
	    "the platform's tables, as SQL, in place of a database" },
	[OPT_UPDATE] = { "update", 0, false, "    --update", "write what came out as what is expected" },
	[OPT_HELP] = { "help", 'h', false, "-h, --help", "help, also for each verb" },
	[OPT_VERSION] = { "version", 'V', false, "-V, --version", "the version, and those of the libraries in use" },
};

static int
find_name(const char *name, size_t len)
{
	int id;

	for (id = 0; id < OPT_COUNT; id++)
		if (strlen(rows[id].name) == len && strncmp(rows[id].name, name, len) == 0)
			return id;
	return -1;
}

static int
find_letter(char letter)
{
	int id;

	for (id = 0; id < OPT_COUNT; id++)
		if (rows[id].letter == letter)
			return id;
	return -1;
}

static int
unknown(const char *name, size_t len, struct err *e)
{
	const char *names[OPT_COUNT], *near;
	char word[32];
	int id;

	for (id = 0; id < OPT_COUNT; id++)
		names[id] = rows[id].name;
	if (len >= sizeof(word))
		return err_set(e, ERR_USAGE, "usage", "unknown option; see jobrun --help");
	memcpy(word, name, len);
	word[len] = '\0';
	near = near_word(word, names, OPT_COUNT);
	return err_set(e, ERR_USAGE, "usage", "unknown option --%s%s%s; see jobrun --help", word,
	    near != NULL ? "; did you mean --" : "", near != NULL ? near : "");
}

/* Takes a value over. The key goes out of argv, where everyone on the machine could read it. */
static int
take(struct options *o, enum option_id id, char *value, struct err *e)
{
	o->given |= OPTION(id);
	if (id == OPT_QUIET)
		o->verbosity--;
	if (id == OPT_VERBOSE)
		o->verbosity++;
	if (id != OPT_KEY || value == NULL) {
		o->value[id] = value != NULL ? value : "";
		return 0;
	}
	if (o->key != NULL)
		freezero(o->key, strlen(o->key));
	o->key = strdup(value);
	explicit_bzero(value, strlen(value));
	o->value[id] = o->key;
	return o->key != NULL ? 0 : err_memory(e);
}

/* "--name", "--name=value", "--name value": how many words of argv it took, or -1. */
static int
take_long(struct options *o, char **argv, struct err *e)
{
	char *name = argv[0] + 2, *equals = strchr(name, '=');
	size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
	int id = find_name(name, len);

	if (id == -1)
		return unknown(name, len, e);
	if (!rows[id].takes_value) {
		if (equals != NULL)
			return err_set(e, ERR_USAGE, "usage", "--%s takes no value", rows[id].name);
		return take(o, (enum option_id)id, NULL, e) == -1 ? -1 : 1;
	}
	if (equals != NULL)
		return take(o, (enum option_id)id, equals + 1, e) == -1 ? -1 : 1;
	if (argv[1] == NULL)
		return err_set(e, ERR_USAGE, "usage", "--%s needs a value", rows[id].name);
	return take(o, (enum option_id)id, argv[1], e) == -1 ? -1 : 2;
}

/* "-vv", "-j4", "-j 4", "-nv": the same. */
static int
take_short(struct options *o, char **argv, struct err *e)
{
	char *at;
	int id;

	for (at = argv[0] + 1; *at != '\0'; at++) {
		if ((id = find_letter(*at)) == -1)
			return err_set(e, ERR_USAGE, "usage", "unknown option -%c; see jobrun --help",
			    *at > ' ' && *at < 0x7f ? *at : '?');
		if (!rows[id].takes_value) {
			if (take(o, (enum option_id)id, NULL, e) == -1)
				return -1;
			continue;
		}
		if (at[1] != '\0')
			return take(o, (enum option_id)id, at + 1, e) == -1 ? -1 : 1;
		if (argv[1] == NULL)
			return err_set(e, ERR_USAGE, "usage", "-%c needs a value", *at);
		return take(o, (enum option_id)id, argv[1], e) == -1 ? -1 : 2;
	}
	return 1;
}

int
options_parse(struct options *o, int argc, char **argv, struct err *e)
{
	struct err later = ERR_INIT;
	int i, took;

	*o = (struct options){ 0 };
	if ((o->words = calloc((size_t)argc + 1, sizeof(*o->words))) == NULL)
		return err_memory(e);
	for (i = 1; i < argc; i += took) {
		took = 1;
		if (strcmp(argv[i], "--") == 0) {
			for (i++; i < argc; i++)
				o->words[o->n_words++] = argv[i];
			break;
		}
		if (argv[i][0] != '-' || argv[i][1] == '\0') {
			o->words[o->n_words++] = argv[i];
			continue;
		}
		took = argv[i][1] == '-' ? take_long(o, argv + i, e) : take_short(o, argv + i, e);
		/* Go on, so that a key further on is blanked all the same. */
		if (took == -1) {
			later = *e;
			took = 1;
		}
	}
	if (later.kind == ERR_NONE)
		return 0;
	*e = later;
	return -1;
}

void
options_release(struct options *o)
{
	if (o->key != NULL)
		freezero(o->key, strlen(o->key));
	free(o->words);
	*o = (struct options){ 0 };
}

int
options_allow(const struct options *o, uint64_t allowed, const char *verb, struct err *e)
{
	int id;

	for (id = 0; id < OPT_COUNT; id++)
		if ((o->given & OPTION(id)) != 0 && (allowed & OPTION(id)) == 0)
			return err_set(e, ERR_USAGE, "usage", "--%s means nothing to jobrun %s; see jobrun %s --help",
			    rows[id].name, verb, verb);
	return 0;
}

int
options_number(const struct options *o, enum option_id id, int64_t least, int64_t most, int64_t fallback, int64_t *out,
    struct err *e)
{
	const char *wrong, *text = o->value[id];

	*out = fallback;
	if (text == NULL)
		return 0;
	*out = strtonum(text, least, most, &wrong);
	/* strtonum() takes blanks and a plus sign before the digits. */
	if (wrong == NULL && text[0] >= '0' && text[0] <= '9')
		return 0;
	return err_set(e, ERR_USAGE, "usage", "--%s: give a whole number from %lld to %lld", rows[id].name,
	    (long long)least, (long long)most);
}

int
options_word(const struct options *o, enum option_id id, const char *const *words, int fallback, struct err *e)
{
	const char *near;
	size_t n;

	if (o->value[id] == NULL)
		return fallback;
	for (n = 0; words[n] != NULL; n++)
		if (strcmp(words[n], o->value[id]) == 0)
			return (int)n;
	near = near_word(o->value[id], words, n);
	err_set(e, ERR_USAGE, "usage", "--%s: give one of%s%s%s", rows[id].name, strrchr(rows[id].form, ' '),
	    near != NULL ? "; did you mean " : "", near != NULL ? near : "");
	return -1;
}

int
options_list(const struct options *o, enum option_id id, char ***pieces, size_t *n, struct err *e)
{
	const char *list = o->value[id], *c;
	size_t count = 1;
	char *text;

	*pieces = NULL;
	*n = 0;
	if (list == NULL)
		return 0;
	for (c = list; *c != '\0'; c++)
		count += *c == ',';
	/* The pieces stand behind the pointers to them. */
	if ((*pieces = malloc(count * sizeof(char *) + strlen(list) + 1)) == NULL)
		return err_memory(e);
	text = (char *)(*pieces + count);
	memcpy(text, list, strlen(list) + 1);
	while (((*pieces)[*n] = strsep(&text, ",")) != NULL && *(*pieces)[*n] != '\0')
		if (++*n == count)
			return 0;
	free(*pieces);
	*pieces = NULL;
	*n = 0;
	return err_set(e, ERR_USAGE, "usage", "--%s: an id is empty; give ID or ID,ID", rows[id].name);
}

/* Of letters together the first that takes a value ends the row; *rest is what stands behind it. */
static int
find_in_letters(const char *letters, const char **rest)
{
	int id = -1;

	for (*rest = letters; **rest != '\0'; ++*rest)
		if ((id = find_letter(**rest)) == -1 || rows[id].takes_value)
			break;
	if (**rest != '\0')
		++*rest;
	return id;
}

int
options_find(const char *word)
{
	const char *rest;

	if (word[0] != '-' || word[1] == '\0')
		return -1;
	return word[1] == '-' ? find_name(word + 2, strcspn(word + 2, "=")) : find_in_letters(word + 1, &rest);
}

bool
options_wants_next(const char *word)
{
	int id = options_find(word);
	const char *rest = strchr(word, '=');

	if (id == -1 || !rows[id].takes_value)
		return false;
	if (word[1] == '-')
		return rest == NULL;
	(void)find_in_letters(word + 1, &rest);
	return *rest == '\0';
}

const char *
options_form(enum option_id id)
{
	return rows[id].form;
}

const char *
options_meaning(enum option_id id)
{
	return rows[id].meaning;
}
