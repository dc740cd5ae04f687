#include "feed.h"

#include <stdlib.h>
#include <string.h>

#include "bounds.h"

struct feed {
	struct store *store;
	struct scope scope;
	char *client, *group; /* what scope points to */
	char *suffix;         /* NULL once it is in the text */
	struct piece piece;
	struct buf text; /* what was read and not handed out yet begins at `out` */
	size_t out;
};

struct feed *
feed_new(struct store *s, const struct scope *scope, int64_t from, int64_t end, bool lines, const char *prefix,
    const char *suffix)
{
	struct feed *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->store = s;
	f->client = strdup(scope->client);
	f->group = scope->group != NULL ? strdup(scope->group) : NULL;
	f->suffix = strdup(suffix);
	f->scope = (struct scope){ scope->kind, f->client, f->group };
	f->piece = (struct piece){ from, end, lines ? "" : ",", lines ? "\n" : "", true };
	buf_init(&f->text, BOUND_BODY + BOUND_PIECE);
	buf_adds(&f->text, prefix);
	if (f->client == NULL || (scope->group != NULL && f->group == NULL) || f->suffix == NULL ||
	    buf_failed(&f->text)) {
		feed_free(f);
		return NULL;
	}
	return f;
}

void
feed_free(struct feed *f)
{
	if (f == NULL)
		return;
	free(f->client);
	free(f->group);
	free(f->suffix);
	buf_release(&f->text);
	free(f);
}

/* Makes the text hold something again, unless all was handed out. 0, or -1. */
static int
refill(struct feed *f)
{
	struct err ignored;
	int rc = 0;

	buf_clear(&f->text);
	f->out = 0;
	if (f->piece.from < f->piece.end) {
		store_enter(f->store);
		rc = record_piece(f->store, &f->scope, &f->piece, &f->text, &ignored);
		store_leave(f->store);
	}
	if (rc == 0 && f->piece.from >= f->piece.end && f->suffix != NULL) {
		buf_adds(&f->text, f->suffix);
		free(f->suffix);
		f->suffix = NULL;
	}
	return rc == 0 && !buf_failed(&f->text) ? 0 : -1;
}

ssize_t
feed_read(struct feed *f, char *out, size_t max)
{
	size_t n;

	if (f->out == f->text.len && refill(f) == -1)
		return -1;
	n = f->text.len - f->out < max ? f->text.len - f->out : max;
	if (n > 0)
		memcpy(out, buf_text(&f->text) + f->out, n);
	f->out += n;
	return (ssize_t)n;
}
