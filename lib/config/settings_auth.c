#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "config/settings_parts.h"
#include "http/headers.h"
#include "secret/ref.h"

/* A header's name: longer ones are refused by common servers anyway. */
#define NAME_BYTES 256

/* What the transfer itself decides, or another key. */
static const struct {
	const char *name, *hint;
} reserved[] = {
	{ "Host", "it comes from BaseUrl" },
	{ "Idempotency-Key", "every ack has its own" },
	{ "Authorization", "give Auth, so that the secret stays out of the definition" },
};

/* Auth while it is read. */
struct auth {
	enum auth_kind kind;
	char *name, *secret;
	int given;
};

/* At most n of the reserved names are refused: Authorization, the last, is fine for a secret. */
static int
check_name(const struct field *f, const char *name, size_t n, struct err *e)
{
	size_t i;

	if (!headers_is_name(name))
		return field_fault(f, e, "is no header name; give letters, digits and - alone");
	for (i = 0; i < n; i++)
		if (strcasecmp(name, reserved[i].name) == 0)
			return field_fault(f, e, "cannot be set here: %s", reserved[i].hint);
	if (headers_is_reserved(name))
		return field_fault(f, e, "cannot be set here: it is the transfer's own");
	return 0;
}

/* What is refused here may be the secret itself, so no message repeats it. */
static int
read_secret(void *into, const struct field *f, struct err *e)
{
	struct auth *auth = into;
	struct err why = ERR_INIT;

	if (field_text(f, &auth->secret, e) == -1)
		return -1;
	if (secret_ref_check(auth->secret, &why) == -1)
		return why.kind == ERR_CONFIG ? field_fault(f, e, "%s", why.text) : err_memory(e);
	return 0;
}

/* RFC 7617: the first colon ends the user. */
static int
read_user(void *into, const struct field *f, struct err *e)
{
	struct auth *auth = into;

	if (field_line(f, BOUND_SECRET_BYTES, &auth->name, e) == -1)
		return -1;
	return strchr(auth->name, ':') == NULL ? 0 : field_fault(f, e, "holds a colon, which a user of Basic cannot");
}

static int
read_header_name(void *into, const struct field *f, struct err *e)
{
	struct auth *auth = into;

	if (field_line(f, NAME_BYTES, &auth->name, e) == -1)
		return -1;
	return check_name(f, auth->name, sizeof(reserved) / sizeof(reserved[0]) - 1, e);
}

static int
read_bearer(void *into, const struct field *f, struct err *e)
{
	struct auth *auth = into;

	auth->kind = AUTH_BEARER;
	auth->given++;
	return read_secret(into, f, e);
}

static int
read_basic(void *into, const struct field *f, struct err *e)
{
	static const struct field_row rows[] = {
		{ "User", read_user, false },
		{ "Password", read_secret, false },
	};
	struct auth *auth = into;

	auth->kind = AUTH_BASIC;
	auth->given++;
	/* Two ways at once: their caller refuses that, whatever is in them. */
	if (auth->given > 1)
		return 0;
	if (field_object(f, rows, 2, auth, e) == -1)
		return -1;
	return auth->name != NULL && auth->secret != NULL ? 0 : field_fault(f, e, "give both User and Password");
}

static int
read_header(void *into, const struct field *f, struct err *e)
{
	static const struct field_row rows[] = {
		{ "Name", read_header_name, false },
		{ "Value", read_secret, false },
	};
	struct auth *auth = into;

	auth->kind = AUTH_HEADER;
	auth->given++;
	if (auth->given > 1)
		return 0;
	if (field_object(f, rows, 2, auth, e) == -1)
		return -1;
	return auth->name != NULL && auth->secret != NULL ? 0 : field_fault(f, e, "give both Name and Value");
}

int
settings_read_auth(void *into, const struct field *f, struct err *e)
{
	static const struct field_row rows[] = {
		{ "Bearer", read_bearer, false },
		{ "Basic", read_basic, false },
		{ "Header", read_header, false },
	};
	struct settings *s = into;
	struct auth auth = { .kind = AUTH_NONE };

	if (f->value.kind != JSON_NULL) {
		if (field_object(f, rows, sizeof(rows) / sizeof(rows[0]), &auth, e) == -1)
			goto out;
		if (auth.given != 1) {
			field_fault(f, e, "give one of Bearer, Basic, Header");
			goto out;
		}
	}
	free(s->auth.name);
	free(s->auth.secret);
	s->auth.kind = auth.kind;
	s->auth.name = auth.name;
	s->auth.secret = auth.secret;
	return 0;
out:
	free(auth.name);
	free(auth.secret);
	return -1;
}

struct settings_header *
settings_find_header(const struct settings *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_headers; i++)
		if (strcasecmp(s->headers[i].name, name) == 0)
			return &s->headers[i];
	return NULL;
}

int
settings_add_header(struct settings *s, const char *name, const char *value)
{
	struct settings_header *there = settings_find_header(s, name), *more;
	struct settings_header made = { strdup(name), strdup(value) };

	if (made.name == NULL || made.value == NULL)
		goto fail;
	if (there != NULL) {
		free(there->name);
		free(there->value);
		*there = made;
		return 0;
	}
	if ((more = reallocarray(s->headers, s->n_headers + 1, sizeof(*more))) == NULL)
		goto fail;
	s->headers = more;
	s->headers[s->n_headers++] = made;
	return 0;
fail:
	free(made.name);
	free(made.value);
	return -1;
}

/* null takes away what a level further off has set. */
static void
drop_header(struct settings *s, const char *name)
{
	struct settings_header *there = settings_find_header(s, name);

	if (there == NULL)
		return;
	free(there->name);
	free(there->value);
	*there = s->headers[--s->n_headers];
}

static int
read_one_header(struct settings *s, const struct field *f, struct err *e)
{
	char *value = NULL;
	int ret = 0;

	if (check_name(f, f->name, sizeof(reserved) / sizeof(reserved[0]), e) == -1)
		return -1;
	if (f->value.kind == JSON_NULL) {
		drop_header(s, f->name);
		return 0;
	}
	if (field_line(f, BOUND_SECRET_BYTES, &value, e) == -1)
		return -1;
	if (settings_find_header(s, f->name) == NULL && s->n_headers >= BOUND_HEADERS)
		ret = field_fault(f, e, "is one header too many; at most %d are allowed", BOUND_HEADERS);
	else if (settings_add_header(s, f->name, value) == -1)
		ret = err_memory(e);
	free(value);
	return ret;
}

/* The same name in another case, earlier in the same object. */
static bool
is_twice(const struct json_members *m, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (m->at[k].key.len == m->at[i].key.len &&
		    strncasecmp(m->at[k].key.at, m->at[i].key.at, m->at[i].key.len) == 0)
			return true;
	return false;
}

/* The i-th of them; *name is kept from one to the next. */
static int
read_member(
    struct settings *s, const struct field *f, const struct json_members *m, size_t i, char **name, struct err *e)
{
	char path[FIELD_PATH];
	struct field header;

	field_path(f, path);
	header = field_below(f, path, "");
	header.value = m->at[i].key;
	if (field_text(&header, name, e) == -1)
		return -1;
	header.name = *name;
	header.value = m->at[i].value;
	if (is_twice(m, i))
		return field_fault(&header, e, "given twice, in upper and lower case; remove one");
	return read_one_header(s, &header, e);
}

int
settings_read_headers(void *into, const struct field *f, struct err *e)
{
	struct json_members m = { 0 };
	char *name = NULL;
	size_t i;
	int ret = field_members(f, &m, e);

	if (ret == 0 && m.n > BOUND_HEADERS)
		ret = field_fault(f, e, "holds %zu headers; at most %d are allowed", m.n, BOUND_HEADERS);
	else
		for (i = 0; i < m.n && field_goes_on(f, ret, e); i++)
			ret |= read_member(into, f, &m, i, &name, e);
	free(name);
	json_members_release(&m);
	return ret;
}
