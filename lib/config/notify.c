#include "config/notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "config/field.h"
#include "config/settings_parts.h"
#include "http/url.h"
#include "secret/ref.h"

#define TIMEOUT_MS 10000
/* What a person can wait for who is told of an alert; there is another try then, and the next alert. */
#define RETRIES 2
#define PING_RETRIES 1

/* Keys of an external system that a target has, too. A command has the first alone. */
static const char *const settings_here[] = {
	"Timeout",
	"ConnectTimeout",
	"CaFile",
	"Proxy",
	"AllowHttp",
	"Auth",
	"Headers",
};

#define N_SETTINGS (sizeof(settings_here) / sizeof(settings_here[0]))
/* Without Auth and Headers: a ping's URL is all there is to know. */
#define N_PING_SETTINGS 5

static bool
is_literal(const char *url)
{
	return strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
}

/* Is it a URL that may be asked, as it is written? */
static int
check_url(const struct settings *s, const struct field *f, const char *url, struct err *e)
{
	struct err why = ERR_INIT;
	char *origin = url_origin(url, &why);

	if (origin == NULL)
		return why.kind == ERR_CONFIG ? field_fault(f, e, "%s", why.text) : err_memory(e);
	free(origin);
	return settings_check_url(s, f, url, e);
}

/* No message repeats what was found: it may be a secret, though in the wrong place. */
static int
check_written(const struct field *f, const char *url, struct err *e)
{
	struct err why = ERR_INIT;

	if (strlen(url) > BOUND_URL)
		return field_fault(f, e, "is longer than %d bytes", BOUND_URL);
	if (is_literal(url))
		return 0;
	if (strncmp(url, "env:", 4) != 0 && strncmp(url, "file:", 5) != 0 && strncmp(url, "cred:", 5) != 0)
		return field_fault(f, e,
		    "give an http or https URL or, since such a URL is often a secret, where it is kept: "
		    "env:NAME, file:/path or cred:NAME");
	if (secret_ref_check(url, &why) == -1)
		return why.kind == ERR_CONFIG ? field_fault(f, e, "%s", why.text) : err_memory(e);
	return 0;
}

static int
read_url(void *into, const struct field *f, struct err *e)
{
	struct notify_target *t = into;

	if (field_text(f, &t->url, e) == -1)
		return -1;
	if (check_written(f, t->url, e) == 0)
		return 0;
	/* It has been told, and is looked at no more. */
	free(t->url);
	t->url = NULL;
	return -1;
}

static int
read_format(void *into, const struct field *f, struct err *e)
{
	static const char *const formats[] = { "json", "slack", "alertmanager" };
	size_t format;

	if (field_choice(f, formats, sizeof(formats) / sizeof(formats[0]), &format, e) == -1)
		return -1;
	((struct notify_target *)into)->format = (enum notify_format)format;
	return 0;
}

static int
read_word(char **word, const struct field *f, size_t i, struct err *e)
{
	if (i > 0)
		return field_text(f, word, e);
	if (field_line(f, BOUND_URL, word, e) == -1)
		return -1;
	return (*word)[0] == '/' ? 0 : field_fault(f, e, "give an absolute path, one that begins with a slash");
}

/* No shell reads it: each word is one argument, as it stands. */
static int
read_command(void *into, const struct field *f, struct err *e)
{
	struct notify_target *t = into;
	char path[64] = "";
	struct field word = field_below(f, f->parent, path);
	size_t at = 0, i;
	int ret = 0;

	if (f->value.kind != JSON_ARRAY)
		return field_wrong(f, "an array: the command's path and its arguments", e);
	if ((t->command = calloc(BOUND_NOTIFY_WORDS + 1, sizeof(*t->command))) == NULL)
		return err_memory(e);
	for (i = 0; field_goes_on(f, ret, e) && json_array_next(f->value, &at, &word.value); i++) {
		if (i == BOUND_NOTIFY_WORDS)
			return field_fault(f, e, "holds more than %d words", BOUND_NOTIFY_WORDS);
		snprintf(path, sizeof(path), "%s[%zu]", f->name, i);
		ret |= read_word(&t->command[i], &word, i, e);
	}
	return i > 0 ? ret : field_fault(f, e, "is empty; give the command's path and its arguments");
}

static const struct field_row rows[] = {
	{ "Url", read_url, false },
	{ "Format", read_format, false },
	{ "Command", read_command, false },
};

/* "https://host", or with a port that is not the scheme's own. */
static int
put_host(const char *url, struct buf *b)
{
	struct err ignored = ERR_INIT;
	char *origin = url_origin(url, &ignored);
	size_t len;
	int ret = -1;

	if (origin == NULL)
		return -1;
	len = strlen(origin);
	if (strncmp(origin, "https:", 6) == 0 && strcmp(origin + len - 4, ":443") == 0)
		len -= 4;
	else if (strncmp(origin, "http:", 5) == 0 && strcmp(origin + len - 3, ":80") == 0)
		len -= 3;
	ret = buf_add(b, origin, len);
	free(origin);
	return ret;
}

static int
name_target(struct notify_target *t, const struct field *f, struct err *e)
{
	struct buf shown;
	int ret;

	buf_init(&shown, BOUND_CONFIG_BYTES);
	if (t->url != NULL && is_literal(t->url))
		ret = put_host(t->url, &shown);
	else
		ret = buf_adds(&shown, t->url != NULL ? t->url : t->command[0]);
	t->shown = shown.at;
	if (ret == -1)
		return err_memory(e);
	return asprintf(&t->name, "%s (%s)", f->name, t->shown) == -1 ? err_memory(e) : 0;
}

/* A command has no settings but one. */
static int
check_company(const struct field *f, const struct json_members *m, struct err *e)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < m->n && field_goes_on(f, ret, e); i++)
		if (!json_string_is(m->at[i].key, "Command", 7) && !json_string_is(m->at[i].key, "Timeout", 7))
			ret = field_fault(f, e, "only Timeout goes with Command; remove %.*s", (int)m->at[i].key.len,
			    m->at[i].key.at);
	return ret;
}

/* What is judged together, when all keys are in. f is the target. */
static int
check_together(struct notify_target *t, const struct field *f, const struct json_members *m, struct err *e)
{
	struct field url = field_below(f, f->name, "Url"), auth = field_below(f, f->name, "Auth");
	bool command = !field_is_missing(m, "Command");
	int ret = 0;

	if (field_is_missing(m, "Url") != command)
		return field_fault(f, e, "give one of Url, Command");
	if (t->url != NULL && is_literal(t->url))
		ret = check_url(&t->settings, &url, t->url, e);
	if (field_goes_on(f, ret, e))
		ret |= settings_check_headers(&t->settings, &auth, e);
	if (field_goes_on(f, ret, e) && command)
		ret |= check_company(f, m, e);
	return ret;
}

static void
init_target(struct notify_target *t, int retries)
{
	*t = (struct notify_target){ .format = NOTIFY_JSON };
	settings_init(&t->settings);
	t->settings.timeout_ms = TIMEOUT_MS;
	t->settings.retries = retries;
}

/* n_rows and n_settings: the keys that are known here. */
static int
read_target(
    struct notify_target *t, const struct field *f, size_t n_rows, size_t n_settings, int retries, struct err *e)
{
	struct json_members m = { 0 };
	int ret, known;

	init_target(t, retries);
	ret = field_members(f, &m, e);
	known = ret == 0 ? field_known(f, &m, rows, n_rows, settings_here, n_settings, e) : -1;
	if (field_goes_on(f, ret |= known, e))
		ret |= field_rows(f, &m, rows, n_rows, t, e);
	if (field_goes_on(f, ret, e))
		ret |= settings_apply_at(&t->settings, f, &m, LEVEL_DEFAULT, e);
	/* An unknown key may have been meant for one that is missing. */
	if (field_goes_on(f, ret, e) && known == 0)
		ret |= check_together(t, f, &m, e);
	if (ret == 0)
		ret = name_target(t, f, e);
	json_members_release(&m);
	if (ret == -1)
		notify_target_release(t);
	return ret;
}

void
notify_target_release(struct notify_target *t)
{
	size_t i;

	for (i = 0; t->command != NULL && t->command[i] != NULL; i++)
		free(t->command[i]);
	free(t->command);
	free(t->name);
	free(t->shown);
	free(t->url);
	settings_release(&t->settings);
	*t = (struct notify_target){ 0 };
}

static int
read_array(struct notify_config *c, const struct field *f, struct err *e)
{
	char path[64] = "";
	struct field one = field_below(f, "", path);
	size_t at = 0, i;
	int ret = 0, got;

	if ((c->targets = calloc(BOUND_NOTIFY_TARGETS, sizeof(*c->targets))) == NULL)
		return err_memory(e);
	for (i = 0; field_goes_on(f, ret, e) && json_array_next(f->value, &at, &one.value); i++) {
		if (i == BOUND_NOTIFY_TARGETS)
			return field_fault(f, e, "holds more than %d targets", BOUND_NOTIFY_TARGETS);
		snprintf(path, sizeof(path), "%s[%zu]", f->name, i);
		got = read_target(&c->targets[c->n], &one, 3, N_SETTINGS, RETRIES, e);
		c->n += got == 0;
		ret |= got;
	}
	return i > 0 ? ret : field_fault(f, e, "is empty; give a target: {\"Url\": …} or {\"Command\": […]}");
}

int
notify_config_read(struct notify_config *c, const struct field *f, struct err *e)
{
	int ret;

	*c = (struct notify_config){ 0 };
	if (f->value.kind == JSON_ARRAY) {
		ret = read_array(c, f, e);
	} else if (f->value.kind != JSON_OBJECT) {
		ret = field_wrong(f, "an object, or an array of objects", e);
	} else if ((c->targets = calloc(1, sizeof(*c->targets))) == NULL) {
		ret = err_memory(e);
	} else {
		ret = read_target(c->targets, f, 3, N_SETTINGS, RETRIES, e);
		c->n = ret == 0;
	}
	if (ret == -1 && f->faults == NULL)
		notify_config_release(c);
	return ret;
}

void
notify_config_release(struct notify_config *c)
{
	while (c->n > 0)
		notify_target_release(&c->targets[--c->n]);
	free(c->targets);
	*c = (struct notify_config){ 0 };
}

int
notify_config_parse_all(struct notify_config *c, const char *text, size_t len, struct faults *faults, struct err *e)
{
	struct field f = { "", "", "Notify", { JSON_ABSENT, NULL, 0 }, faults };
	int ret;

	*c = (struct notify_config){ 0 };
	if (len > BOUND_CONFIG_BYTES)
		return field_fault(&f, e, "is %zu bytes long; at most %u are allowed", len, BOUND_CONFIG_BYTES);
	if (json_check(text, len, &f.value, e) == -1) {
		err_prefix(e, "Notify: ");
		return field_note(&f, e);
	}
	ret = field_unique(&f, e);
	if (field_goes_on(&f, ret, e))
		ret |= notify_config_read(c, &f, e);
	return ret;
}

int
notify_config_parse(struct notify_config *c, const char *text, size_t len, struct err *e)
{
	return notify_config_parse_all(c, text, len, NULL, e);
}

int
notify_ping_read(struct notify_target *t, const struct field *f, struct err *e)
{
	if (f->value.kind == JSON_OBJECT)
		return read_target(t, f, 1, N_PING_SETTINGS, PING_RETRIES, e);
	init_target(t, PING_RETRIES);
	if (f->value.kind != JSON_STRING)
		return field_wrong(f, "a URL, or an object with Url", e);
	if (read_url(t, f, e) == 0 && (!is_literal(t->url) || check_url(&t->settings, f, t->url, e) == 0) &&
	    name_target(t, f, e) == 0)
		return 0;
	notify_target_release(t);
	return -1;
}

int
notify_target_url(const struct notify_target *t, struct buf *out, struct err *e)
{
	struct field f = { "", "", t->url, { JSON_ABSENT, NULL, 0 }, NULL };

	if (is_literal(t->url))
		return buf_adds(out, t->url) == 0 ? 0 : err_memory(e);
	if (secret_ref_read(t->url, out, e) == -1)
		return -1;
	return check_url(&t->settings, &f, buf_text(out), e);
}
