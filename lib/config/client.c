#include "config/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "config/settings_parts.h"

/* A client's or group's id as a string. */
#define ID_BYTES 200

/* Digits alone, up to 2^64 - 1; JSON has no leading zeros, so that the longer number is the larger. */
static bool
is_unsigned(struct json_value number)
{
	static const char most[] = "18446744073709551615";
	size_t i;

	for (i = 0; i < number.len; i++)
		if (number.at[i] < '0' || number.at[i] > '9')
			return false;
	return number.len < sizeof(most) - 1 ||
	    (number.len == sizeof(most) - 1 && memcmp(number.at, most, number.len) <= 0);
}

static int
read_id(const struct field *f, char **out, struct err *e)
{
	int64_t n;

	if (f->value.kind == JSON_STRING)
		return field_line(f, ID_BYTES, out, e);
	/* -0 would be another text for the same number. */
	if (f->value.kind != JSON_NUMBER || (json_int64(f->value, &n) == -1 && !is_unsigned(f->value)) ||
	    (f->value.len == 2 && memcmp(f->value.at, "-0", 2) == 0))
		return field_wrong_value(f, "a whole number of at most 64 bits, or a string", e);
	free(*out);
	return (*out = strndup(f->value.at, f->value.len)) != NULL ? 0 : err_memory(e);
}

static int
read_client_id(void *into, const struct field *f, struct err *e)
{
	return read_id(f, &((struct client *)into)->id, e);
}

static int
read_group_id(void *into, const struct field *f, struct err *e)
{
	return read_id(f, &((struct client *)into)->group, e);
}

static int
read_route(void *into, const struct field *f, struct err *e)
{
	struct client *c = into;

	/* "" is as if it were absent: the row's counts. */
	if (f->value.kind == JSON_STRING && json_string_is(f->value, "", 0))
		return 0;
	if (field_line(f, BOUND_URL, &c->route, e) == -1)
		return -1;
	if (strpbrk(c->route, "?#") != NULL)
		return field_fault(
		    f, e, "holds a ? or #; give the path alone, and parameters in the job's Fetch.Query");
	if (strstr(c->route, "://") != NULL)
		return field_fault(f, e, "is a URL; give the path alone, and the host in BaseUrl");
	return 0;
}

static int
read_system(void *into, const struct field *f, struct err *e)
{
	return field_line(f, ID_BYTES, &((struct client *)into)->system, e);
}

static int
check_count(void *into, const struct field *f, struct err *e)
{
	int64_t n;

	(void)into;
	return field_int(f, 0, INT64_MAX, &n, e);
}

static int
read_send_frequency(void *into, const struct field *f, struct err *e)
{
	return field_int(f, 0, BOUND_SEND_FREQUENCY, &((struct client *)into)->send_frequency, e);
}

static int
read_enabled(void *into, const struct field *f, struct err *e)
{
	return field_bool(f, &((struct client *)into)->enabled, e);
}

static int
read_pilot(void *into, const struct field *f, struct err *e)
{
	return field_bool(f, &((struct client *)into)->pilot, e);
}

const char *const *
client_keys(size_t *n)
{
	/* Script is for templates alone, but every job's default query has it. */
	static const char *const keys[] = { "ClientId", "GroupId", "Route", "Script", "Days", "Year", "SendFrequency",
		"Enabled", "Pilot", "System" };

	*n = sizeof(keys) / sizeof(keys[0]);
	return keys;
}

/* Who it is comes first, so that whatever else is wrong can be told by name. */
static int
read_who(struct client *c, const struct field *f, const struct json_members *m, struct err *e)
{
	static const struct field_row rows[] = {
		{ "ClientId", read_client_id, false },
		{ "GroupId", read_group_id, false },
	};

	int ret = field_rows(f, m, rows, sizeof(rows) / sizeof(rows[0]), c, e);

	if (field_goes_on(f, ret, e) && field_is_missing(m, "ClientId"))
		ret = field_fault(f, e, "ClientId: missing; give a whole number or a string");
	if (field_goes_on(f, ret, e))
		ret |= field_default(&c->group, "0", e);
	return ret;
}

static int
read_rest(struct client *c, const struct field *f, const struct json_members *m, struct err *e)
{
	static const struct field_row rows[] = {
		{ "Route", read_route, false },
		{ "System", read_system, false },
		{ "Days", check_count, false },
		{ "Year", check_count, false },
		{ "SendFrequency", read_send_frequency, false },
		{ "Enabled", read_enabled, false },
		{ "Pilot", read_pilot, false },
	};
	struct settings s;
	int ret = field_rows(f, m, rows, sizeof(rows) / sizeof(rows[0]), c, e);

	if (!field_goes_on(f, ret, e))
		return -1;
	/* Whether they go together with the system's and the job's is seen at its visit. */
	settings_init(&s);
	ret |= settings_apply_at(&s, f, m, LEVEL_CLIENT, e);
	settings_release(&s);
	return ret;
}

/* The row's Route is a text that anybody may have inserted, so it passes the same checks as an entry's. */
static int
take_row_route(struct client *c, const struct field *entry, const char *route, struct err *e)
{
	struct field f = field_below(entry, "", "Route");
	struct buf quoted;
	int ret;

	if (c->route != NULL || route == NULL || route[0] == '\0')
		return 0;
	if (strlen(route) > BOUND_URL)
		return field_fault(&f, e, "the row's is longer than %d bytes", BOUND_URL);
	/* An escape is six characters at the most. */
	buf_init(&quoted, 6 * BOUND_URL + 2);
	if (json_quote(&quoted, route, strlen(route)) == -1)
		ret = err_memory(e);
	else if (json_check(quoted.at, quoted.len, &f.value, NULL) == -1)
		ret = field_fault(&f, e, "the row's is no valid UTF-8");
	else
		ret = read_route(c, &f, e);
	buf_release(&quoted);
	return ret;
}

/* A row while it is read. */
struct row {
	int64_t id;
	const char *route, *user;
	const struct client_sink *sink;
	struct client_place *place; /* NULL: the first fault of an entry is told, with its place in words */
};

/*
 * Fills *c, of which id and group are there, if they could be read, also on -1; release it in any case. faults NULL:
 * the first one ends it.
 */
static int
read_entry(struct client *c, const struct row *row, struct json_value entry, struct faults *faults, struct err *e)
{
	struct field f = { "", "", "", entry, faults };
	struct json_members m = { 0 };
	int ret;

	*c = (struct client){ .row = row->id, .enabled = true };
	if (entry.kind != JSON_OBJECT)
		return field_wrong(&f, "an object, such as {\"ClientId\": 1}", e);
	if (entry.len > BOUND_CONFIG_BYTES)
		return field_fault(&f, e, "is %zu bytes long; at most %u are allowed", entry.len, BOUND_CONFIG_BYTES);
	ret = field_unique(&f, e);
	if (field_goes_on(&f, ret, e))
		ret |= field_members(&f, &m, e);
	if (field_goes_on(&f, ret, e))
		ret |= read_who(c, &f, &m, e);
	if (field_goes_on(&f, ret, e))
		ret |= read_rest(c, &f, &m, e);
	if (field_goes_on(&f, ret, e))
		ret |= take_row_route(c, &f, row->route, e);
	if (ret == 0 &&
	    ((c->text = strndup(entry.at, entry.len)) == NULL ||
	        (row->user != NULL && (c->user = strdup(row->user)) == NULL)))
		ret = err_memory(e);
	json_members_release(&m);
	return ret;
}

int
client_parse(
    struct client *out, int64_t row, const char *route, const char *user, const char *text, size_t len, struct err *e)
{
	struct row r = { row, route, user, NULL, NULL };
	struct json_value entry;
	struct err why = ERR_INIT;

	*out = (struct client){ 0 };
	if (len > BOUND_CONFIG_BYTES)
		return err_set(e, ERR_CONFIG, "config", "client: is %zu bytes long; at most %u are allowed", len,
		    BOUND_CONFIG_BYTES);
	if (json_check(text, len, &entry, &why) == 0 && read_entry(out, &r, entry, NULL, &why) == 0)
		return 0;
	if (why.kind == ERR_CONFIG)
		err_prefix(&why, "client%s%s: ", out->id != NULL ? " " : "", out->id != NULL ? out->id : "");
	client_release(out);
	return err_set(e, why.kind, why.code, "%s", why.text);
}

void
client_release(struct client *c)
{
	free(c->id);
	free(c->group);
	free(c->text);
	free(c->route);
	free(c->system);
	free(c->user);
	*c = (struct client){ 0 };
}

/* An entry's fault: its number counts from 1. c NULL: the whole row's, told once. */
static int
tell_bad(const struct row *row, const struct client *c, size_t number, struct err *why, struct err *e)
{
	const char *id = c != NULL && c->id != NULL ? c->id : "",
	           *group = c != NULL && c->group != NULL ? c->group : "";

	if (row->place != NULL)
		row->place->index = (int64_t)number - 1;
	else if (c == NULL)
		err_prefix(why, "configuration row %lld: ", (long long)row->id);
	else if (c->id != NULL)
		err_prefix(why, "configuration row %lld, entry %zu (ClientId %s): ", (long long)row->id, number, id);
	else
		err_prefix(why, "configuration row %lld, entry %zu: ", (long long)row->id, number);
	return row->sink->bad(row->sink->arg, id, group, why, e);
}

static int
take_entry(const struct row *row, struct json_value entry, size_t number, struct err *e)
{
	struct err why = ERR_INIT;
	struct faults faults = { 0 };
	struct client c;
	size_t i;
	int ret = 0;

	if (row->place != NULL)
		*row->place = (struct client_place){ (int64_t)number - 1, entry };
	if (read_entry(&c, row, entry, row->place != NULL ? &faults : NULL, &why) == 0) {
		c.index = (int64_t)number - 1;
		return row->sink->client(row->sink->arg, &c, e);
	}
	if (why.kind != ERR_CONFIG)
		ret = err_set(e, why.kind, why.code, "%s", why.text);
	else if (row->place == NULL)
		ret = tell_bad(row, &c, number, &why, e);
	else
		for (i = 0; i < faults.n && ret == 0; i++)
			ret = tell_bad(row, &c, number, &faults.at[i], e);
	faults_release(&faults);
	client_release(&c);
	return ret;
}

static int
read_row(const struct row *row, const char *configuration, size_t len, struct err *e)
{
	struct json_value array, entry;
	struct err why = ERR_INIT;
	size_t at = 0, number;
	int ret = 0;

	if (len > BOUND_CLIENTS_BYTES) {
		err_set(&why, ERR_CONFIG, "config",
		    "Configuration is %zu bytes long; at most %u are allowed; make it several rows", len,
		    BOUND_CLIENTS_BYTES);
		return tell_bad(row, NULL, 0, &why, e);
	}
	if (json_check(configuration != NULL ? configuration : "", configuration != NULL ? len : 0, &array, &why) == -1)
		return tell_bad(row, NULL, 0, &why, e);
	if (array.kind != JSON_ARRAY) {
		err_set(&why, ERR_CONFIG, "config", "Configuration is %s, not an array of clients%s",
		    json_kind_name(array.kind), array.kind == JSON_OBJECT ? "; put [ and ] around it" : "");
		return tell_bad(row, NULL, 0, &why, e);
	}
	for (number = 1; ret == 0 && json_array_next(array, &at, &entry); number++)
		ret = take_entry(row, entry, number, e);
	return ret;
}

int
client_read_row(int64_t row, const char *route, const char *user, const char *configuration, size_t len,
    const struct client_sink *sink, struct err *e)
{
	struct row r = { row, route, user, sink, NULL };

	return read_row(&r, configuration, len, e);
}

int
client_read_entries(int64_t row, const char *route, const char *user, const char *configuration, size_t len,
    const struct client_sink *sink, struct client_place *place, struct err *e)
{
	struct row r = { row, route, user, sink, place };

	return read_row(&r, configuration, len, e);
}
