/*
 * Text with {Placeholders}, for paths, queries and bodies. A placeholder is
 * {Name}, Name being letters, digits and _, not beginning with a digit; any
 * other brace is itself.
 */
#ifndef CONFIG_TEMPLATE_H
#define CONFIG_TEMPLATE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "json/value.h"

/*
 * Where placeholders get their values: JSON values as they are written.
 * Answers kind JSON_ABSENT for a name it does not know (a JSON null counts as absent too).
 */
struct template_scope {
	struct json_value (*get)(void *arg, const char *name, size_t len);
	void *arg;
};

/*
 * Each appends to out. 0; 1 if a name is absent (missing, of size 64, is set
 * to it, cut if need be); -1 with e (ceiling, no memory, no Unicode, an array or
 * object in a path or query). Unless it is 0, out is as before.
 */

/*
 * For a path: each value percent-encoded (RFC 3986 unreserved stay); {Route}
 * keeps its slashes, its %XX and what else may stand in a path. A "." or ".."
 * between slashes is refused (-1), since it would lead to another path.
 */
int template_path(
    const char *text, const struct template_scope *scope, struct buf *out, char missing[64], struct err *e);

/* For a query's value, without encoding the literal text's own & or =: everything is encoded. */
int template_query(
    const char *text, const struct template_scope *scope, struct buf *out, char missing[64], struct err *e);

/* Appends text percent-encoded, all but RFC 3986's unreserved characters. 0, or -1 when out is full. */
int template_escape(const char *text, struct buf *out);

/*
 * For a body: json is a valid JSON value; strings in it are templates. One
 * placeholder alone in a string gives the value as it is written (absent:
 * null); among other text its characters (absent: nothing; an array or object:
 * its JSON text). Keys are no templates. All else is copied byte for byte. Never returns 1.
 */
int template_body(struct json_value json, const struct template_scope *scope, struct buf *out, struct err *e);

/* Does the text hold this placeholder? */
bool template_has(const char *text, size_t len, const char *name);

/* Does a string of a JSON value hold it? Keys are no templates, and do not count. */
bool template_body_has(struct json_value json, const char *name);

#endif
