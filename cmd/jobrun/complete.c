#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "complete_names.h"

/* Words that are kept, the verb's own counted: no verb has more. */
#define WORDS_MOST 8

/* A command line up to its last word, read as main() would read it. */
struct line {
	const char *words[WORDS_MOST]; /* what is no option, from the verb on */
	int n_words;
	int option;              /* whose value the last word is; -1: it is none */
	bool no_options;         /* "--" stood before it */
	const char *db, *job;    /* values given */
	const struct verb *verb; /* NULL: not known yet */
	int taken;               /* so many words are the verb's name */
};

static void
take_value(struct line *line, int id, const char *value)
{
	if (id == OPT_DB)
		line->db = value;
	if (id == OPT_JOB)
		line->job = value;
}

/* Reads what stands before the last word, words[n]. bash makes words of their own of the = of --name=value. */
static void
read_line(struct line *line, char **words, int n)
{
	const char *equals;
	int i, id;

	*line = (struct line){ .option = -1 };
	for (i = 0; i < n; i++) {
		if (line->no_options || words[i][0] != '-' || words[i][1] == '\0') {
			if (line->n_words < WORDS_MOST)
				line->words[line->n_words] = words[i];
			line->n_words++;
			continue;
		}
		if (strcmp(words[i], "--") == 0) {
			line->no_options = true;
			continue;
		}
		id = options_find(words[i]);
		if (!options_wants_next(words[i])) {
			if ((equals = strchr(words[i], '=')) != NULL)
				take_value(line, id, equals + 1);
			continue;
		}
		if (i + 1 < n && strcmp(words[i + 1], "=") == 0)
			i++;
		if (i + 1 < n)
			take_value(line, id, words[++i]);
		else
			line->option = id;
	}
}

/* As main() chooses it; without any word it is open, and with the first word of two also. */
static void
choose_verb(struct line *line)
{
	char name[64];

	if (line->n_words == 0)
		return;
	if ((line->verb = verb_find(line->words[0])) != NULL) {
		line->taken = 1;
	} else if (!verb_is_family(line->words[0])) {
		line->verb = verb_find("run");
	} else if (line->n_words > 1) {
		snprintf(name, sizeof(name), "%s %s", line->words[0], line->words[1]);
		line->verb = verb_find(name);
		line->taken = 2;
	}
}

/* "list, add, remove": a family's second words. */
static void
list_seconds(const char *family, size_t len, char *out, size_t size)
{
	const struct verb *v;

	out[0] = '\0';
	for (v = verbs; v->name != NULL; v++) {
		if (strncmp(v->name, family, len) != 0 || v->name[len] != ' ')
			continue;
		if (out[0] != '\0')
			strlcat(out, ", ", size);
		strlcat(out, v->name + len + 1, size);
	}
}

/* The first words of all verbs, or, with a family, its second words. */
static void
add_verbs(struct complete *c, const char *family)
{
	const struct verb *v;
	char word[64], seconds[200];
	size_t len;

	for (v = verbs; v->name != NULL; v++) {
		len = strcspn(v->name, " ");
		snprintf(word, sizeof(word), "%.*s", (int)len, v->name);
		if (family == NULL && v->name[len] == '\0') {
			complete_add(c, word, v->line);
		} else if (family == NULL) {
			list_seconds(v->name, len, seconds, sizeof(seconds));
			complete_add(c, word, seconds);
		} else if (v->name[len] == ' ' && strcmp(word, family) == 0) {
			complete_add(c, v->name + len + 1, v->line);
		}
	}
}

/* "--job", from "-j, --job JOB". */
static void
add_options(struct complete *c, uint64_t allowed)
{
	const char *form;
	char name[64];
	int id;

	for (id = 0; id < OPT_COUNT; id++) {
		if ((allowed & OPTION(id)) == 0 || (form = strstr(options_form((enum option_id)id), "--")) == NULL)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(form, " "), form);
		complete_add(c, name, options_meaning((enum option_id)id));
	}
}

/* "auto|always|never": each of them. */
static void
add_choices(struct complete *c, const char *choices)
{
	char word[64];
	size_t len;

	for (; *choices != '\0'; choices += len + (choices[len] == '|')) {
		len = strcspn(choices, "|");
		snprintf(word, sizeof(word), "%.*s", (int)len, choices);
		complete_add(c, word, "");
	}
}

/* The kind of word at a place of the verb's synopsis: JOB of "JOB CLIENT [GROUP]"; "" behind its end. */
static void
kind_at(const struct verb *verb, int place, char kind[32])
{
	const char *at = verb->words;
	size_t len;

	for (; place > 0 && *at != '\0'; place--) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	at += strspn(at, "[");
	len = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	snprintf(kind, 32, "%.*s", (int)len, at);
	/* The one NAME that is there before it is given is an external system's. */
	if (strcmp(kind, "NAME") == 0)
		strlcpy(kind, strncmp(verb->name, "system ", 7) == 0 ? "SYSTEM" : "", 32);
}

/* What of a kind may stand there; files are the shell's own to find. */
static void
add_kind(struct complete *c, const char *kind)
{
	if (strcmp(kind, "FILE") == 0)
		puts(":files");
	else if (strcmp(kind, "DIR") == 0)
		puts(":directories");
	else
		(void)complete_from_database(c, kind);
}

/* By the option's form: "--job JOB", "--color auto|always|never", and "--client ID", an id of what it is called. */
static void
add_values(struct complete *c, int id)
{
	const char *form = options_form((enum option_id)id), *value = strrchr(form, ' ') + 1;
	char kind[32];
	size_t i;

	if (strchr(value, '|') != NULL) {
		add_choices(c, value);
		return;
	}
	if (strncmp(value, "ID", 2) == 0)
		value = strstr(form, "--") + 2;
	for (i = 0; i + 1 < sizeof(kind) && (value[i] >= 'A') && value[i] != '['; i++)
		kind[i] = value[i] >= 'a' ? (char)(value[i] - 'a' + 'A') : value[i];
	kind[i] = '\0';
	add_kind(c, kind);
}

/* The job and the client that the verb's words name. */
static void
note_words(struct complete *c, const struct line *line)
{
	char kind[32];
	int i;

	for (i = line->taken; line->verb != NULL && i < line->n_words && i < WORDS_MOST; i++) {
		kind_at(line->verb, i - line->taken, kind);
		if (strcmp(kind, "JOB") == 0)
			c->job = line->words[i];
		if (strcmp(kind, "CLIENT") == 0)
			c->client = line->words[i];
	}
}

static void
add_words(struct complete *c, const struct line *line)
{
	int place = line->n_words - line->taken;
	char kind[32];

	if (line->n_words == 0) {
		add_verbs(c, NULL);
		(void)complete_from_database(c, "JOB");
	} else if (line->verb == NULL && line->n_words == 1) {
		add_verbs(c, line->words[0]);
	} else if (line->verb != NULL && place < line->verb->most_words && line->n_words < WORDS_MOST) {
		kind_at(line->verb, place, kind);
		if (strcmp(line->verb->name, "help") == 0)
			add_verbs(c, place == 0 ? NULL : line->words[line->taken]);
		else
			add_kind(c, kind);
	}
}

/* Of one option's value: behind its = and the last comma of a list, should they be in the word. */
static void
complete_value(struct complete *c, int option, char *word, const char *value)
{
	const char *comma = strrchr(value, ',');
	char before[4096];
	size_t i;

	c->begins = comma != NULL ? comma + 1 : value;
	snprintf(before, sizeof(before), "%.*s", (int)(c->begins - word), word);
	add_values(c, option);
	complete_sort(c);
	for (i = 0; i < c->n; i++)
		printf("%s%s\t%s\n", before, c->at[i].text, c->at[i].about);
}

static void
complete_word(struct complete *c, const struct line *line, const char *word)
{
	uint64_t options = line->verb != NULL ? line->verb->options
	    : line->n_words == 0              ? verb_find("run")->options
	                                      : 0;
	size_t i;

	c->begins = word;
	if (word[0] == '-' && !line->no_options)
		add_options(c, options | OPTIONS_EVERYWHERE);
	else
		add_words(c, line);
	complete_sort(c);
	for (i = 0; i < c->n; i++)
		printf("%s\t%s\n", c->at[i].text, c->at[i].about);
}

/* The line's own --db, as a shell would have passed it on. */
static void
use_db(struct app *app, const char *path)
{
	const char *home = getenv("HOME");

	if (strncmp(path, "~/", 2) == 0 && home != NULL)
		snprintf(app->db_path, sizeof(app->db_path), "%s%s", home, path + 1);
	else
		strlcpy(app->db_path, path, sizeof(app->db_path));
}

/* Nothing is ever wrong here: what cannot be completed has no candidates. */
int
verb_complete(struct app *app, int *status, struct err *e)
{
	struct complete c = { .app = app };
	struct line line;
	char *word, *equals;

	(void)status;
	(void)e;
	/* The first word is the program's name. */
	if (app->n_words < 2)
		return 0;
	word = app->words[app->n_words - 1];
	read_line(&line, app->words + 1, app->n_words - 2);
	choose_verb(&line);
	if (line.db != NULL)
		use_db(app, line.db);
	c.job = line.job;
	note_words(&c, &line);
	if (line.option != -1)
		complete_value(&c, line.option, word, word);
	else if (!line.no_options && strncmp(word, "--", 2) == 0 && (equals = strchr(word, '=')) != NULL) {
		if (options_find(word) != -1)
			complete_value(&c, options_find(word), word, equals + 1);
	} else {
		complete_word(&c, &line, word);
	}
	complete_release(&c);
	return 0;
}
