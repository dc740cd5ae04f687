#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "config/client.h"
#include "config/field.h"

#define WHERE_BYTES 220

/* Lists the members of an entry's text, which was checked when it was read. */
static int
read_members(const struct client *c, struct json_members *m, struct err *e)
{
	size_t twice;

	if (json_members_read(m, json_value_of(c->text, strlen(c->text)), &twice) == -1)
		return err_memory(e);
	return 0;
}

/* The system's definition comes from the database, where anybody may have written: it is checked again. */
static int
apply_system(struct settings *s, const char *name, const char *definition, struct err *e)
{
	struct json_members m = { 0 };
	char where[WHERE_BYTES];
	struct field f = { where, "", "", { JSON_ABSENT, NULL, 0 }, NULL };
	int ret = -1;

	snprintf(where, sizeof(where), "system %s", name != NULL ? name : "");
	if (field_document(&f, definition, strlen(definition), e) == 0 && field_members(&f, &m, e) == 0)
		ret = settings_apply(s, &m, LEVEL_SYSTEM, where, e);
	json_members_release(&m);
	return ret;
}

/* Checked when the job was parsed, laid anew over each system. */
static int
apply_job(struct settings *s, const struct job *job, struct err *e)
{
	struct json_members m = { 0 };
	char where[WHERE_BYTES];
	struct field f = { where, "", "", job->root, NULL };
	int ret = -1;

	snprintf(where, sizeof(where), "job %s", job->name != NULL ? job->name : "");
	if (field_members(&f, &m, e) == 0)
		ret = settings_apply(s, &m, LEVEL_JOB, where, e);
	json_members_release(&m);
	return ret;
}

int
client_settings(struct settings *out, const struct job *job, const char *name, const char *definition, struct err *e)
{
	settings_init(out);
	if ((definition == NULL || apply_system(out, name, definition, e) == 0) && apply_job(out, job, e) == 0)
		return 0;
	settings_release(out);
	return -1;
}

static int
apply_client(struct client_view *v, struct err *e)
{
	char where[WHERE_BYTES];

	snprintf(where, sizeof(where), "client %s", v->client->id);
	return settings_apply(&v->settings, &v->members, LEVEL_CLIENT, where, e);
}

/* Writes the values that the entry does not hold one behind the other, each with its place. */
static int
make_extra(struct client_view *v, struct err *e)
{
	struct {
		struct json_value *value;
		size_t from;
	} parts[4] = { { &v->route, 0 }, { &v->group, 0 }, { &v->days, 0 }, { &v->year, 0 } };
	const char *route = v->client->route;
	struct buf b;
	size_t i, end;
	int bad;

	buf_init(&b, BOUND_CONFIG_BYTES);
	bad = route != NULL ? json_quote(&b, route, strlen(route)) : 0;
	parts[1].from = b.len;
	bad |= buf_adds(&b, "0");
	parts[2].from = b.len;
	bad |= v->override.days >= 0 ? buf_addf(&b, "%" PRId64, v->override.days) : 0;
	parts[3].from = b.len;
	bad |= v->override.year >= 0 ? buf_addf(&b, "%" PRId64, v->override.year) : 0;
	if (bad != 0) {
		buf_release(&b);
		return err_memory(e);
	}
	for (i = 0; i < 4; i++) {
		end = i < 3 ? parts[i + 1].from : b.len;
		if (end > parts[i].from)
			*parts[i].value = json_value_of(b.at + parts[i].from, end - parts[i].from);
	}
	v->extra = b.at;
	return 0;
}

int
client_view_over(struct client_view *v, const struct client *c, const struct settings *settings,
    const struct client_override *override, struct err *e)
{
	*v = (struct client_view){ .client = c, .override = *override };
	if (settings_copy(&v->settings, settings, e) == 0 && read_members(c, &v->members, e) == 0 &&
	    apply_client(v, e) == 0 && make_extra(v, e) == 0)
		return 0;
	client_view_release(v);
	return -1;
}

int
client_view_init(struct client_view *v, const struct client *c, const struct job *job, const char *system,
    const struct client_override *override, struct err *e)
{
	struct settings settings;
	int ret;

	*v = (struct client_view){ 0 };
	if (client_settings(&settings, job, c->system != NULL ? c->system : job->system, system, e) == -1)
		return -1;
	ret = client_view_over(v, c, &settings, override, e);
	settings_release(&settings);
	return ret;
}

void
client_view_release(struct client_view *v)
{
	json_members_release(&v->members);
	settings_release(&v->settings);
	free(v->extra);
	*v = (struct client_view){ 0 };
}

static bool
is_named(const char *name, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(name, word, len) == 0;
}

struct json_value
client_view_get(const struct client_view *v, const char *name, size_t len)
{
	struct json_value written;

	/* The row's Route counts where the entry's is empty, so it was settled when the entry was read. */
	if (is_named(name, len, "Route"))
		return v->route;
	if (is_named(name, len, "Days") && v->days.kind != JSON_ABSENT)
		return v->days;
	if (is_named(name, len, "Year") && v->year.kind != JSON_ABSENT)
		return v->year;
	written = json_members_get(&v->members, name, len);
	if (written.kind == JSON_NULL)
		written.kind = JSON_ABSENT;
	if (written.kind == JSON_ABSENT && is_named(name, len, "GroupId"))
		return v->group;
	return written;
}
