#include "generate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "bounds.h"
#include "record.h"
#include "sample.h"
#include "scan.h"

static const struct {
	const char *name;
	size_t offset;
	int64_t least, most;
} numbers[] = {
	{ "client", offsetof(struct spec, client), 0, BOUND_CLIENT },
	{ "count", offsetof(struct spec, count), 1, BOUND_NUMBER },
	{ "bad", offsetof(struct spec, bad), 0, BOUND_NUMBER },
	{ "first", offsetof(struct spec, first), 1, BOUND_NUMBER },
	{ "days", offsetof(struct spec, days), 1, 36500 },
};

static int
set(struct spec *spec, const char *name, const char *value, struct err *e)
{
	size_t i;

	if (strcmp(name, "kind") == 0) {
		spec->kind = record_kind(slice_of(value));
		return spec->kind == NULL ? err_set(e, "no such kind: %s", value) : 0;
	}
	if (strcmp(name, "group") == 0)
		return strlcpy(spec->group, value, sizeof(spec->group)) < sizeof(spec->group)
		    ? 0
		    : err_set(e, "too long a group: %s", value);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(name, numbers[i].name) != 0)
			continue;
		if (scan_integer(slice_of(value), numbers[i].least, numbers[i].most,
		        (int64_t *)(void *)((char *)spec + numbers[i].offset)) == -1)
			return err_set(e, "%s must be from %" PRId64 " to %" PRId64 ": %s", name, numbers[i].least,
			    numbers[i].most, value);
		return 0;
	}
	return err_set(e, "no such key: %s", name);
}

static int
parse(const char *text, struct spec *spec, struct err *e)
{
	char *copy = strdup(text), *rest = copy, *name, *value;
	int rc = copy == NULL ? err_memory(e) : 0;

	*spec = (struct spec){ .client = -1, .group = "0", .first = 1, .days = 30 };
	while (rc == 0 && (name = strsep(&rest, ",")) != NULL) {
		value = name;
		strsep(&value, "=");
		rc = value == NULL ? err_set(e, "no value: %s", name) : set(spec, name, value, e);
	}
	free(copy);
	if (rc == -1)
		return -1;
	if (spec->kind == NULL || spec->client == -1 || spec->count == 0)
		return err_set(e, "kind, client and count are needed");
	if (spec->bad > spec->count || spec->first + spec->count - 1 > BOUND_NUMBER)
		return err_set(e, "bad is at most count, and the last number at most %d", BOUND_NUMBER);
	return 0;
}

int
generate(struct store *s, const char *spec, uint64_t seed, int64_t *added, struct err *e)
{
	struct spec wanted;
	struct scope scope;
	struct buf body;
	char client[24];
	int64_t n;
	int put;

	*added = 0;
	if (parse(spec, &wanted, e) == -1)
		return -1;
	snprintf(client, sizeof(client), "%" PRId64, wanted.client);
	scope = (struct scope){ wanted.kind, client, wanted.group };
	if (store_begin(s, e) == -1)
		return -1;
	buf_init(&body, BOUND_PIECE);
	for (n = wanted.first; n < wanted.first + wanted.count; n++) {
		buf_clear(&body);
		sample_write(&wanted, seed, n, &body);
		put = buf_failed(&body) ? err_memory(e) : record_put(s, &scope, n, buf_slice(&body), e);
		if (put == -1) {
			store_rollback(s);
			buf_release(&body);
			return -1;
		}
		*added += put;
	}
	buf_release(&body);
	return store_commit(s, e);
}
