#include "config/settings.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "config/field.h"
#include "config/settings_parts.h"
#include "http/url.h"

/* "system " and a name, which has 200 bytes at the most. */
#define WHERE_BYTES 210

#define SECONDS "seconds, above 0 and up to 86400"

static int
read_base_url(void *into, const struct field *f, struct err *e)
{
	struct settings *s = into;
	struct err why = ERR_INIT;
	char *url = NULL;
	size_t len;

	if (field_line(f, BOUND_URL, &url, e) == -1)
		return -1;
	if (url_check_base(url, &why) == -1) {
		free(url);
		return why.kind == ERR_CONFIG ? field_fault(f, e, "%s", why.text) : err_memory(e);
	}
	/* Paths begin with a slash. */
	for (len = strlen(url); url[len - 1] == '/'; len--)
		url[len - 1] = '\0';
	free(s->base_url);
	s->base_url = url;
	return 0;
}

static int
read_timeout(void *into, const struct field *f, struct err *e)
{
	return field_seconds(f, DBL_MIN, 86400, SECONDS, &((struct settings *)into)->timeout_ms, e);
}

static int
read_connect_timeout(void *into, const struct field *f, struct err *e)
{
	return field_seconds(f, DBL_MIN, 86400, SECONDS, &((struct settings *)into)->connect_timeout_ms, e);
}

static int
read_retries(void *into, const struct field *f, struct err *e)
{
	int64_t n;

	if (field_int(f, 0, 100, &n, e) == -1)
		return -1;
	((struct settings *)into)->retries = (int)n;
	return 0;
}

/* null: no limit. */
static int
read_rate_limit(void *into, const struct field *f, struct err *e)
{
	struct settings *s = into;

	if (f->value.kind == JSON_NULL) {
		s->rate_limit = 0;
		return 0;
	}
	return field_number(f, DBL_MIN, DBL_MAX, "requests a second, above 0", &s->rate_limit, e);
}

static int
read_max_item_bytes(void *into, const struct field *f, struct err *e)
{
	int64_t n;

	if (field_int(f, 1, BOUND_ITEM_BYTES_MOST, &n, e) == -1)
		return -1;
	((struct settings *)into)->max_item_bytes = (size_t)n;
	return 0;
}

/* null: the system's own certificates. */
static int
read_ca_file(void *into, const struct field *f, struct err *e)
{
	struct settings *s = into;
	char *path = NULL;

	if (f->value.kind != JSON_NULL && field_line(f, BOUND_URL, &path, e) == -1)
		return -1;
	if (path != NULL && path[0] != '/') {
		free(path);
		return field_fault(f, e, "give an absolute path, one that begins with a slash");
	}
	free(s->ca_file);
	s->ca_file = path;
	return 0;
}

/* "" and null: none. */
static int
read_proxy(void *into, const struct field *f, struct err *e)
{
	struct settings *s = into;
	bool none = f->value.kind == JSON_NULL || (f->value.kind == JSON_STRING && json_string_is(f->value, "", 0));
	struct err why = ERR_INIT;
	char *url = NULL;

	if (!none && field_line(f, BOUND_URL, &url, e) == -1)
		return -1;
	if (url != NULL && (strncasecmp(url, "http://", 7) != 0 || url_check_base(url, &why) == -1)) {
		free(url);
		return field_fault(f, e, "give a proxy as http://host:port, or \"\" for none%s%s",
		    why.text[0] != '\0' ? ": " : "", why.text);
	}
	free(s->proxy);
	s->proxy = url;
	return 0;
}

/* One that cannot be read makes no fault of a BaseUrl that it may be meant for. */
static int
read_allow_http(void *into, const struct field *f, struct err *e)
{
	struct settings *s = into;

	s->allow_http = true;
	return field_bool(f, &s->allow_http, e);
}

/* BaseUrl first: an Auth of the same level is bound to it. Where null is none, a nearer null takes away. */
static const struct field_row rows[] = {
	{ "BaseUrl", read_base_url, false },
	{ "Auth", settings_read_auth, true },
	{ "Headers", settings_read_headers, false },
	{ "Timeout", read_timeout, false },
	{ "ConnectTimeout", read_connect_timeout, false },
	{ "Retries", read_retries, false },
	{ "RateLimit", read_rate_limit, true },
	{ "MaxItemBytes", read_max_item_bytes, false },
	{ "CaFile", read_ca_file, true },
	{ "Proxy", read_proxy, true },
	{ "AllowHttp", read_allow_http, false },
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static const char *const keys[] = {
	"BaseUrl",
	"Auth",
	"Headers",
	"Timeout",
	"ConnectTimeout",
	"Retries",
	"RateLimit",
	"MaxItemBytes",
	"CaFile",
	"Proxy",
	"AllowHttp",
};

_Static_assert(sizeof(keys) / sizeof(keys[0]) == N_ROWS, "each key has its reader");

const char *const *
settings_keys(size_t *n)
{
	*n = N_ROWS;
	return keys;
}

bool
settings_is_key(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < N_ROWS; i++)
		if (strlen(keys[i]) == len && memcmp(keys[i], name, len) == 0)
			return true;
	return false;
}

void
settings_init(struct settings *s)
{
	*s = (struct settings){
		.timeout_ms = 30000,
		.connect_timeout_ms = 10000,
		.retries = 4,
		.max_item_bytes = BOUND_ITEM_BYTES,
	};
}

void
settings_release(struct settings *s)
{
	size_t i;

	for (i = 0; i < s->n_headers; i++) {
		free(s->headers[i].name);
		free(s->headers[i].value);
	}
	free(s->headers);
	free(s->base_url);
	free(s->auth.name);
	free(s->auth.secret);
	free(s->auth.origin);
	free(s->ca_file);
	free(s->proxy);
	settings_init(s);
}

/* *to = a copy of from, which may be NULL. False: no memory. */
static bool
copy_text(char **to, const char *from)
{
	return from == NULL || (*to = strdup(from)) != NULL;
}

int
settings_copy(struct settings *to, const struct settings *from, struct err *e)
{
	bool ok;
	size_t i;

	/* First all that is no pointer, so that nothing is owned twice if memory runs out on the way. */
	*to = *from;
	to->base_url = to->auth.name = to->auth.secret = to->auth.origin = to->ca_file = to->proxy = NULL;
	to->headers = NULL;
	to->n_headers = 0;
	ok = copy_text(&to->base_url, from->base_url) && copy_text(&to->auth.name, from->auth.name) &&
	    copy_text(&to->auth.secret, from->auth.secret) && copy_text(&to->auth.origin, from->auth.origin) &&
	    copy_text(&to->ca_file, from->ca_file) && copy_text(&to->proxy, from->proxy);
	for (i = 0; ok && i < from->n_headers; i++)
		ok = settings_add_header(to, from->headers[i].name, from->headers[i].value) == 0;
	if (ok)
		return 0;
	settings_release(to);
	return err_memory(e);
}

/* Auth belongs to the base URL that stands when its level is in, or else to the first that comes after. */
static int
bind_auth(struct settings *s, bool given, enum settings_level level, struct err *e)
{
	if (given) {
		s->auth.level = level;
		free(s->auth.origin);
		s->auth.origin = NULL;
	}
	if (s->auth.kind == AUTH_NONE || s->auth.origin != NULL || s->base_url == NULL)
		return 0;
	return (s->auth.origin = url_origin(s->base_url, e)) != NULL ? 0 : -1;
}

int
settings_apply_at(struct settings *s, const struct field *at, const struct json_members *members,
    enum settings_level level, struct err *e)
{
	int ret = field_rows(at, members, rows, N_ROWS, s, e);

	if (field_goes_on(at, ret, e))
		ret |= bind_auth(s, json_members_get(members, "Auth", 4).kind != JSON_ABSENT, level, e);
	return ret;
}

int
settings_apply(
    struct settings *s, const struct json_members *members, enum settings_level level, const char *where, struct err *e)
{
	struct field f = { where, "", "", { JSON_ABSENT, NULL, 0 }, NULL };

	return settings_apply_at(s, &f, members, level, e);
}

int
settings_check_url(const struct settings *s, const struct field *f, const char *url, struct err *e)
{
	int loopback;

	if (strncasecmp(url, "http:", 5) != 0 || s->allow_http)
		return 0;
	if ((loopback = url_is_loopback(url, e)) != 0)
		return loopback == 1 ? 0 : -1;
	return field_fault(f, e, "plain http is refused but for loopback; use https, or say \"AllowHttp\": true");
}

int
settings_check_headers(const struct settings *s, const struct field *auth, struct err *e)
{
	/* Sent twice, it is the server's choice which one counts. */
	if (s->auth.kind == AUTH_HEADER && settings_find_header(s, s->auth.name) != NULL)
		return field_fault(auth, e, "Headers sends a %s too; remove one of the two", s->auth.name);
	return 0;
}

/* Auth goes nowhere but where it was written for. */
static int
check_origin(const struct settings *s, const struct field *auth, struct err *e)
{
	static const char *const levels[] = { "nowhere", "in the system", "in the job", "for the client" };
	char *origin;
	int ret = 0;

	if (s->auth.kind == AUTH_NONE || s->auth.origin == NULL)
		return 0;
	if ((origin = url_origin(s->base_url, e)) == NULL)
		return -1;
	if (strcmp(origin, s->auth.origin) != 0)
		ret = field_fault(auth, e,
		    "written %s for %s, it is not sent to %s; give Auth beside the nearer BaseUrl (null: none)",
		    levels[s->auth.level], s->auth.origin, origin);
	free(origin);
	return ret;
}

int
settings_check(const struct settings *s, const char *where, struct faults *faults, struct err *e)
{
	struct field base = { where, "", "BaseUrl", { JSON_ABSENT, NULL, 0 }, faults };
	struct field auth = field_below(&base, "", "Auth");
	int ret;

	if (s->base_url == NULL)
		return field_fault(&base, e, "there is none; give one in the system, the job or the client");
	ret = settings_check_url(s, &base, s->base_url, e);
	if (field_goes_on(&base, ret, e))
		ret |= settings_check_headers(s, &auth, e);
	if (field_goes_on(&base, ret, e))
		ret |= check_origin(s, &auth, e);
	return ret;
}

int
settings_read_system(
    struct settings *s, const char *name, const char *text, size_t len, struct faults *faults, struct err *e)
{
	struct json_members members = { 0 };
	char where[WHERE_BYTES];
	struct field f = { where, "", "", { JSON_ABSENT, NULL, 0 }, faults };
	int ret;

	settings_init(s);
	snprintf(where, sizeof(where), "system %s", name);
	ret = field_document(&f, text, len, e);
	/* What is no object has no members, and no other fault. */
	if (field_goes_on(&f, ret, e) && f.value.kind == JSON_OBJECT)
		ret |= field_members(&f, &members, e);
	if (field_goes_on(&f, ret, e))
		ret |= field_known(&f, &members, rows, N_ROWS, NULL, 0, e);
	if (field_goes_on(&f, ret, e))
		ret |= settings_apply_at(s, &f, &members, LEVEL_SYSTEM, e);
	/* What is missing here may come from the job. */
	if (field_goes_on(&f, ret, e) && s->base_url != NULL)
		ret |= settings_check(s, where, faults, e);
	json_members_release(&members);
	if (ret == -1 && faults == NULL)
		settings_release(s);
	return ret;
}

int
settings_check_system(const char *name, const char *text, size_t len, struct err *e)
{
	struct settings s;
	int ret = settings_read_system(&s, name, text, len, NULL, e);

	settings_release(&s);
	return ret;
}
