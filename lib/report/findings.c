#include "report/findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/bounds.h"
#include "report/cell.h"
#include "report/wrap.h"

/* "warning" and two blanks: what a broken line begins with. */
#define INDENT 9

static bool
copy(char **to, const char *from)
{
	return from == NULL || (*to = strdup(from)) != NULL;
}

int
findings_add(struct findings *f, const struct check_finding *finding)
{
	struct findings_row *row = array_room(f->at, f->n, &f->cap, sizeof(*row));

	if (row == NULL)
		return -1;
	f->at = row;
	row += f->n;
	*row = (struct findings_row){ .level = finding->level, .probe = finding->probe, .order = f->n };
	f->n++;
	f->warnings += finding->level == CHECK_WARNING;
	f->errors += finding->level == CHECK_ERROR && !finding->probe;
	f->probe_errors += finding->level == CHECK_ERROR && finding->probe;
	return copy(&row->where, finding->where) && copy(&row->job, finding->job) &&
	        copy(&row->client, finding->client) && copy(&row->group, finding->group) &&
	        copy(&row->path, finding->path) && copy(&row->code, finding->code) &&
	        copy(&row->message, finding->message)
	    ? 0
	    : -1;
}

void
findings_release(struct findings *f)
{
	struct findings_row *row;

	while (f->n > 0) {
		row = &f->at[--f->n];
		free(row->where);
		free(row->job);
		free(row->client);
		free(row->group);
		free(row->path);
		free(row->code);
		free(row->message);
	}
	free(f->at);
	*f = (struct findings){ 0 };
}

/* Only what is wrong with clients is ever put together. */
static bool
may_be_alike(const struct findings_row *row)
{
	return row->client != NULL && row->job != NULL && !row->probe;
}

static int
compare_order(const struct findings_row *a, const struct findings_row *b)
{
	if (a->level != b->level)
		return a->level > b->level ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* 0: the like of each other: two clients of one job, the same key, the same code. */
static int
compare_kind(const struct findings_row *a, const struct findings_row *b)
{
	int order = (int)may_be_alike(a) - (int)may_be_alike(b);

	if (order != 0)
		return order;
	if (a->level != b->level || !may_be_alike(a))
		return compare_order(a, b);
	if ((order = strcmp(a->job, b->job)) == 0 && (order = strcmp(a->path, b->path)) == 0)
		order = strcmp(a->code, b->code);
	return order;
}

static int
compare_alike(const void *a, const void *b)
{
	const struct findings_row *x = a, *y = b;
	int order = compare_kind(x, y);

	if (order == 0)
		order = strcmp(x->message, y->message);
	return order != 0 ? order : compare_order(x, y);
}

static int
compare_shown(const void *a, const void *b)
{
	return compare_order(a, b);
}

/* Decides which rows stand for others. */
static void
put_together(struct findings *f)
{
	struct findings_row *first = f->at, *last = f->at, *row;
	size_t i, shown = 1;

	if (f->n == 0)
		return;
	qsort(f->at, f->n, sizeof(*f->at), compare_alike);
	for (i = 1; i < f->n; i++) {
		row = &f->at[i];
		if (compare_kind(first, row) != 0) {
			first = last = row;
			shown = 1;
		} else if (strcmp(first->message, row->message) == 0) {
			row->hidden = true;
			first->alike += !first->hidden;
			last->more += first->hidden;
		} else {
			first = row;
			row->hidden = shown == BOUND_SHOWN_ERRORS;
			last->more += row->hidden;
			shown += !row->hidden;
			/* The last of those shown, which all come before the hidden ones here. */
			if (!row->hidden && row->order > last->order)
				last = row;
		}
	}
	qsort(f->at, f->n, sizeof(*f->at), compare_shown);
}

static int
add_row(const struct findings_row *row, size_t width, bool color, struct buf *b, struct buf *line)
{
	static const char *const levels[] = { [CHECK_OK] = "ok", [CHECK_WARNING] = "warning", [CHECK_ERROR] = "error" };
	const char *level = levels[row->level], *on = color ? cell_color(level) : NULL;
	int bad;

	buf_clear(line);
	bad = buf_adds(line, row->where);
	if (row->alike > 0)
		bad |= buf_addf(line, " and %zu more client%s", row->alike, row->alike == 1 ? "" : "s");
	bad |= buf_addf(line, ": %s%s%s", row->path, row->path[0] != '\0' ? ": " : "", row->message);
	bad |= buf_addf(
	    b, "%s%s%s%*s", on != NULL ? on : "", level, on != NULL ? CELL_PLAIN : "", INDENT - (int)strlen(level), "");
	bad |= wrap_text(b, buf_text(line), INDENT, INDENT, width);
	bad |= buf_addc(b, '\n');
	if (row->more == 0)
		return bad;
	buf_clear(line);
	bad |= buf_addf(line, "job %s, %zu more client%s: %s%sthe like; jobrun check --json has them all", row->job,
	    row->more, row->more == 1 ? "" : "s", row->path, row->path[0] != '\0' ? ": " : "");
	bad |= buf_addf(b, "%*s", INDENT, "");
	bad |= wrap_text(b, buf_text(line), INDENT, INDENT, width);
	return buf_addc(b, '\n') | bad;
}

int
findings_text(struct findings *f, size_t width, bool color, struct buf *b)
{
	const struct findings_row *row;
	struct buf line;
	size_t i;
	int ret = 0;

	put_together(f);
	buf_init(&line, 8 * BOUND_MESSAGE);
	for (i = 0; i < f->n && ret == 0; i++) {
		row = &f->at[i];
		if (!row->hidden && (row->level != CHECK_OK || row->probe))
			ret = add_row(row, width, color, b, &line);
	}
	buf_release(&line);
	return ret == 0 ? 0 : -1;
}

/* "3 systems" */
static int
add_count(struct buf *b, const char *before, int64_t n, const char *one)
{
	return buf_addf(b, "%s%lld %s%s", before, (long long)n, one, n == 1 ? "" : "s");
}

int
findings_sum(const struct findings *f, const struct check_summary *s, struct buf *b)
{
	size_t errors = f->errors + f->probe_errors;
	int bad;

	bad = add_count(b, "checked ", s->systems, "system");
	bad |= add_count(b, ", ", s->jobs, "job");
	bad |= add_count(b, ", ", s->clients, "client");
	bad |= add_count(b, ", ", s->keys, "key");
	if (s->probes > 0)
		bad |= add_count(b, ", ", s->probes, "probe");
	if (errors == 0 && f->warnings == 0)
		bad |= buf_adds(b, ": all is well");
	if (errors > 0)
		bad |= add_count(b, ": ", (int64_t)errors, "error");
	if (f->warnings > 0)
		bad |= add_count(b, errors > 0 ? ", " : ": ", (int64_t)f->warnings, "warning");
	if (s->integrity_skipped)
		bad |= buf_addf(b, " (the database is larger than %d MiB, so its integrity was not checked)",
		    BOUND_CHECK_DATABASE / 1024 / 1024);
	bad |= buf_addc(b, '\n');
	return bad != 0 ? -1 : 0;
}
