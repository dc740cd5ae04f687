/*
 * One key of a definition: its value, and its path for messages. Everything
 * that reads a job, a system or a client's entry reads it through these, so
 * that every message says where, what was found and what is expected.
 *
 * A reader returns 0, or -1 with e: kind ERR_CONFIG, code "config", text
 * "where: Path.To.Key: what is wrong", or kind ERR_INTERNAL when memory is out.
 * If the field has faults, each is noted there, and what stands beside it is
 * read all the same; it is -1 in the end, e, not NULL then, being one of them.
 */
#ifndef CONFIG_FIELD_H
#define CONFIG_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "config/faults.h"
#include "json/pointer.h"
#include "json/value.h"

/* All is borrowed. */
struct field {
	const char *where;  /* words before the path, such as "client 7"; "" if there are none */
	const char *parent; /* "", or "Fetch.Pages" */
	const char *name;   /* "" is the whole document */
	struct json_value value;
	struct faults *faults; /* NULL: the first fault ends it */
};

/* A known key, and what reads it. */
struct field_row {
	const char *name;
	int (*read)(void *into, const struct field *f, struct err *e);
	bool null; /* null means none here, and is passed to read; otherwise null is as if the key were absent */
};

/* "Fetch.Pages.Size", for the fields below it; cut, if it is longer. */
#define FIELD_PATH 300
void field_path(const struct field *f, char out[FIELD_PATH]);

/* A field below f's document, its value absent yet. */
struct field field_below(const struct field *f, const char *parent, const char *name);

/* After a reader returned ret and e: is what stands beside it to be read? */
bool field_goes_on(const struct field *f, int ret, const struct err *e);

/* Notes a fault that has no field of its own: what e says, if it is of ERR_CONFIG. Returns -1. */
int field_note(const struct field *f, struct err *e);

/* Says what is wrong with a key. Returns -1. */
int field_fault(const struct field *f, struct err *e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* "give an object, found a number". Never repeats the value, which may be a secret in the wrong place. Returns -1. */
int field_wrong(const struct field *f, const char *expected, struct err *e);

/* The same for numbers and words that are no secrets: says what was written. */
int field_wrong_value(const struct field *f, const char *expected, struct err *e);

/*
 * A whole definition, the value of root: strict JSON (code "json", with line and column), an
 * object, no larger than BOUND_CONFIG_BYTES, no key twice in any object in it.
 */
int field_document(struct field *root, const char *text, size_t len, struct err *e);

/* The last of those checks alone, for a value of checked JSON; paths begin with f's. */
int field_unique(const struct field *f, struct err *e);

/* Is there no such key, or but a null? */
bool field_is_missing(const struct json_members *m, const char *name);

/* Lists an object's members, known to be unique, into m (zero-initialised, released by the caller also on -1). */
int field_members(const struct field *f, struct json_members *m, struct err *e);

/* Refuses members of f that are neither in rows nor in also, with the nearest known word as a hint. */
int field_known(const struct field *f, const struct json_members *m, const struct field_row *rows, size_t n,
    const char *const *also, size_t n_also, struct err *e);

/* Calls each row's reader for the member of f that it names, in the order of the rows; absent ones are passed over. */
int field_rows(const struct field *f, const struct json_members *m, const struct field_row *rows, size_t n, void *into,
    struct err *e);

/* The three above in one: an object whose keys are all in rows. */
int field_object(const struct field *f, const struct field_row *rows, size_t n, void *into, struct err *e);

/*
 * Readers of one value. A text replaces *out, which is freed; it is Unicode
 * without a NUL. A line is a text without control characters, 1 to most bytes.
 */
int field_text(const struct field *f, char **out, struct err *e);
int field_line(const struct field *f, size_t most, char **out, struct err *e);
int field_bool(const struct field *f, bool *out, struct err *e);
int field_int(const struct field *f, int64_t least, int64_t most, int64_t *out, struct err *e);

/* expected is the range in words. */
int field_number(const struct field *f, double least, double most, const char *expected, double *out, struct err *e);

/* Seconds, fractions allowed, as milliseconds, at least 1. */
int field_seconds(const struct field *f, double least, double most, const char *expected, int64_t *ms, struct err *e);

/* One of n words, as it is written: *out is its index. */
int field_choice(const struct field *f, const char *const *words, size_t n, size_t *out, struct err *e);

/* A JSON Pointer. p is released first, so it must be valid or zero. */
int field_pointer(const struct field *f, struct json_pointer *p, struct err *e);

/* *text = a copy of value if it is still NULL. 0, or -1 no memory. */
int field_default(char **text, const char *value, struct err *e);

#endif
