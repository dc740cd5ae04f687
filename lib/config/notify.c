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
read_url(void *into, const struct field *f, struct err *e)
{
	struct notify_target *t = into;
	struct err why = ERR_INIT;

	if (field_text(f, &t->url, e) == -1)
		return -1;
	if (strlen(t->url) > BOUND_URL)
		return field_fault(f, e, "is longer than %d bytes", BOUND_URL);
	if (is_literal(t->url))
		return 0;
	if (strncmp(t->url, "env:", 4) != 0 && strncmp(t->url, "file:", 5) != 0 && strncmp(t->url, "cred:", 5) != 0)
		return field_fault(f, e,
		    "give an http or https URL or, since such a URL is often a secret, where it is kept: "
		    "env:NAME, file:/path or cred:NAME");
	if (secret_ref_check(t->url, &why) == -1)
		return why.kind == ERR_CONFIG ? field_fault(f, e, "%s", why.text) : err_memory(e);
	return 0;
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
	char path[64];
	struct field word = { f->where, f->parent, path, { JSON_ABSENT, NULL, 0 } };
	size_t at = 0, i;

	if (f->value.kind != JSON_ARRAY)
		return field_wrong(f, "an array: the command's path and its arguments", e);
	if ((t->command = calloc(BOUND_NOTIFY_WORDS + 1, sizeof(*t->command))) == NULL)
		return err_memory(e);
	for (i = 0; json_array_next(f->value, &at, &word.value); i++) {
		if (i == BOUND_NOTIFY_WORDS)
			return field_fault(f, e, "holds more than %d words", BOUND_NOTIFY_WORDS);
		snprintf(path, sizeof(path), "%s[%zu]", f->name, i);
		if (read_word(&t->command[i], &word, i, e) == -1)
			return -1;
	}
	return i > 0 ? 0 : field_fault(f, e, "is empty; give the command's path and its arguments");
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

/* What is judged together, when all keys are in. f is the target. */
static int
finish(struct notify_target *t, const struct field *f, const struct json_members *m, struct err *e)
{
	struct field key = { f->where, f->name, "Url", { JSON_ABSENT, NULL, 0 } };
	size_t i;

	if ((t->url != NULL) == (t->command != NULL))
		return field_fault(f, e, "give one of Url, Command");
	if (t->url != NULL && is_literal(t->url) && check_url(&t->settings, &key, t->url, e) == -1)
		return -1;
	key.name = "Auth";
	if (settings_check_headers(&t->settings, &key, e) == -1)
		return -1;
	for (i = 0; t->command != NULL && i < m->n; i++) {
		if (json_string_is(m->at[i].key, "Command", 7) || json_string_is(m->at[i].key, "Timeout", 7))
			continue;
		return field_fault(
		    f, e, "only Timeout goes with Command; remove %.*s", (int)m->at[i].key.len, m->at[i].key.at);
	}
	return name_target(t, f, e);
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
	int ret = -1;

	init_target(t, retries);
	if (field_members(f, &m, e) == 0 && field_known(f, &m, rows, n_rows, settings_here, n_settings, e) == 0 &&
	    field_rows(f, &m, rows, n_rows, t, e) == 0 && settings_apply_at(&t->settings, f, &m, LEVEL_DEFAULT, e) == 0)
		ret = finish(t, f, &m, e);
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
	char path[64];
	struct field one = { f->where, "", path, { JSON_ABSENT, NULL, 0 } };
	size_t at = 0;

	if ((c->targets = calloc(BOUND_NOTIFY_TARGETS, sizeof(*c->targets))) == NULL)
		return err_memory(e);
	while (json_array_next(f->value, &at, &one.value)) {
		if (c->n == BOUND_NOTIFY_TARGETS)
			return field_fault(f, e, "holds more than %d targets", BOUND_NOTIFY_TARGETS);
		snprintf(path, sizeof(path), "%s[%zu]", f->name, c->n);
		if (read_target(&c->targets[c->n], &one, 3, N_SETTINGS, RETRIES, e) == -1)
			return -1;
		c->n++;
	}
	return c->n > 0 ? 0 : field_fault(f, e, "is empty; give a target: {\"Url\": …} or {\"Command\": […]}");
}

int
notify_config_read(struct notify_config *c, struct json_value value, const char *where, const char *path, struct err *e)
{
	struct field f = { where, "", path, value };
	int ret;

	*c = (struct notify_config){ 0 };
	if (value.kind == JSON_ARRAY) {
		ret = read_array(c, &f, e);
	} else if (value.kind != JSON_OBJECT) {
		ret = field_wrong(&f, "an object, or an array of objects", e);
	} else if ((c->targets = calloc(1, sizeof(*c->targets))) == NULL) {
		ret = err_memory(e);
	} else {
		ret = read_target(c->targets, &f, 3, N_SETTINGS, RETRIES, e);
		c->n = ret == 0;
	}
	if (ret == -1)
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
notify_config_parse(struct notify_config *c, const char *text, size_t len, struct err *e)
{
	struct json_value root;

	*c = (struct notify_config){ 0 };
	if (len > BOUND_CONFIG_BYTES)
		return err_set(e, ERR_CONFIG, "config", "Notify: is %zu bytes long; at most %u are allowed", len,
		    BOUND_CONFIG_BYTES);
	if (json_check(text, len, &root, e) == -1)
		return err_prefix(e, "Notify: ");
	if (field_unique(root, "Notify", e) == -1)
		return -1;
	return notify_config_read(c, root, "", "Notify", e);
}

int
notify_ping_read(struct notify_target *t, struct json_value value, const char *where, const char *path, struct err *e)
{
	struct field f = { where, "", path, value };

	if (value.kind == JSON_OBJECT)
		return read_target(t, &f, 1, N_PING_SETTINGS, PING_RETRIES, e);
	init_target(t, PING_RETRIES);
	if (value.kind != JSON_STRING)
		return field_wrong(&f, "a URL, or an object with Url", e);
	if (read_url(t, &f, e) == 0 && (!is_literal(t->url) || check_url(&t->settings, &f, t->url, e) == 0) &&
	    name_target(t, &f, e) == 0)
		return 0;
	notify_target_release(t);
	return -1;
}

int
notify_target_url(const struct notify_target *t, struct buf *out, struct err *e)
{
	struct field f = { "", "", t->url, { JSON_ABSENT, NULL, 0 } };

	if (is_literal(t->url))
		return buf_adds(out, t->url) == 0 ? 0 : err_memory(e);
	if (secret_ref_read(t->url, out, e) == -1)
		return -1;
	return check_url(&t->settings, &f, buf_text(out), e);
}
