#include "run/writer.h"

#include <stdlib.h>
#include <time.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "run/apply.h"
#include "run/dryrun.h"
#include "run/notes.h"
#include "run/rest.h"
#include "run/state.h"
#include "run/visit.h"

/* An item that waits for its commit. Its text is in the writer's bytes. */
struct entry {
	struct visit *visit;
	size_t at, len;
	uint64_t index;
	enum apply_verdict verdict;
	bool owes;
	struct apply_failure *failure;
	struct apply_failure *poison; /* its rules ended a whole transaction: they are not run again */
};

struct writer {
	struct run *run;
	struct apply apply;
	struct dryrun *dry; /* NULL in a real run */
	struct entry *entries;
	size_t first, n; /* entries from first to n wait; those before it are committed */
	size_t tried;    /* up to here they stand in the open transaction */
	struct buf bytes;
	struct notes notes;
	bool cut;           /* the run is to end: no more items are taken */
	int64_t held_since; /* when the open transaction took the write lock */
	struct rest rest;
};

static void
release_entry(struct entry *entry)
{
	apply_failure_free(entry->failure);
	apply_failure_free(entry->poison);
}

static void
empty(struct writer *w)
{
	w->first = w->tried = w->n = 0;
	buf_clear(&w->bytes);
}

struct writer *
writer_new(struct run *run, struct err *e)
{
	struct writer *w = calloc(1, sizeof(*w));

	if (w == NULL) {
		err_memory(e);
		return NULL;
	}
	w->run = run;
	notes_init(&w->notes);
	rest_init(&w->rest, clock_mono_ms());
	apply_init(&w->apply, run);
	buf_init(&w->bytes, BOUND_BATCH_BYTES + BOUND_ITEM_BYTES_MOST);
	w->entries = calloc(BOUND_BATCH_ITEMS, sizeof(*w->entries));
	if (w->entries == NULL || buf_reserve(&w->bytes, BOUND_BATCH_BYTES) == -1) {
		err_memory(e);
		goto fail;
	}
	if (run->request->dry_run) {
		if ((w->dry = dryrun_new(run, e)) == NULL)
			goto fail;
		w->apply.changes = dryrun_changes(w->dry);
	}
	return w;
fail:
	writer_free(w);
	return NULL;
}

void
writer_free(struct writer *w)
{
	size_t i;

	if (w == NULL)
		return;
	for (i = w->first; w->entries != NULL && i < w->n; i++)
		release_entry(&w->entries[i]);
	notes_drop(&w->notes, SIZE_MAX);
	apply_release(&w->apply);
	dryrun_free(w->dry);
	buf_release(&w->bytes);
	free(w->entries);
	free(w);
}

/* What ended the run ended the writing, too: else every visit in turn would wait for the same busy database. */
static bool
is_over(const struct writer *w, struct err *e)
{
	if (w->run->fatal.kind == ERR_NONE)
		return false;
	*e = w->run->fatal;
	return true;
}

int
writer_item(struct writer *w, struct visit *v, struct json_value item, uint64_t index, struct err *e)
{
	struct entry *entry;

	if (is_over(w, e))
		return -1;
	if (!w->cut && (w->n == BOUND_BATCH_ITEMS || (w->n > 0 && w->bytes.len + item.len > BOUND_BATCH_BYTES)) &&
	    writer_commit(w, e) == -1)
		return -1;
	/* Never one behind an item that was dropped: the next run applies them in their order. */
	if (w->cut) {
		v->stopped = true;
		return 0;
	}
	entry = &w->entries[w->n];
	*entry = (struct entry){ .visit = v, .at = w->bytes.len, .len = item.len, .index = index };
	if (buf_add(&w->bytes, item.at, item.len) == -1)
		return err_memory(e);
	w->n++;
	v->uncommitted++;
	return 0;
}

int
writer_note(struct writer *w, struct visit *v, const struct writer_note *note, struct err *e)
{
	return w->run->request->dry_run ? 0 : notes_add(&w->notes, v->client->id, v->client->group, note, e);
}

int
writer_bad(struct writer *w, const char *client, const char *group, const char *message, struct err *e)
{
	struct err why = ERR_INIT;
	struct writer_note note = { .stage = "config", .why = &why };

	err_set(&why, ERR_CONFIG, "client_config", "%s", message);
	return w->run->request->dry_run ? 0 : notes_add(&w->notes, client, group, &note, e);
}

bool
writer_waiting(const struct writer *w)
{
	const struct visit *v;
	size_t marks = 0;

	if (w->first < w->n || !notes_empty(&w->notes))
		return true;
	TAILQ_FOREACH(v, &w->run->visits, entry) {
		if (visit_wants_writing(v))
			return true;
		marks += v->ack.marks.n;
	}
	return marks >= BOUND_ACK_MARKS;
}

int64_t
writer_wait(const struct writer *w, int64_t more_ms)
{
	int64_t now = clock_mono_ms(), rest = rest_left(&w->rest, now);
	int64_t gather = BOUND_BATCH_GATHER_MS - (now - w->rest.free_since);

	if (gather > more_ms)
		gather = more_ms;
	return gather > rest ? gather : rest;
}

/* Where nothing else can be done meanwhile: a batch is full, or there is more of it than one transaction takes. */
static void
sleep_out(const struct writer *w)
{
	struct timespec nap = { 0, rest_left(&w->rest, clock_mono_ms()) * 1000000 };

	if (nap.tv_nsec > 0)
		nanosleep(&nap, NULL);
}

/* 0 or -1: then the caller ends the transaction, if there is one. */
static int
begin(struct writer *w, struct err *e)
{
	struct db *db = w->run->request->db;
	int64_t version;

	sleep_out(w);
	if (db_begin(db, e) == -1)
		return -1;
	w->held_since = clock_mono_ms();
	if (db_version(db, &version, e) == -1)
		return -1;
	rest_begun(&w->rest, w->held_since, version);
	apply_begin(&w->apply);
	return 0;
}

static bool
held_too_long(const struct writer *w)
{
	int64_t now = clock_mono_ms();

	return now - w->held_since >= BOUND_BATCH_HOLD_MS || rest_is_due(&w->rest, now);
}

/* A transaction that is gone took every verdict with it. */
static void
forget_verdicts(struct writer *w, size_t to)
{
	size_t i;

	for (i = w->first; i < to; i++) {
		apply_failure_free(w->entries[i].failure);
		w->entries[i].failure = NULL;
	}
	if (w->dry != NULL)
		dryrun_forget(w->dry);
}

/*
 * Applies the waiting items, in order. When the rules of one end the whole
 * transaction, the ones before it are applied again, it fails by decree, and the transaction ends there.
 * 1: cut, there is more; 0; -1.
 */
static int
apply_entries(struct writer *w, struct err *e)
{
	struct entry *entry;
	size_t i = w->first, stop = w->n;
	int ret;

	while (i < stop && (i == w->first || !held_too_long(w))) {
		entry = &w->entries[i];
		ret = apply_item(&w->apply, entry->visit, json_value_of(w->bytes.at + entry->at, entry->len),
		    entry->index, entry->poison, &entry->verdict, &entry->failure, e);
		if (ret == -1)
			return -1;
		if (ret == 0) {
			entry->owes = w->apply.owes;
			i++;
			continue;
		}
		entry->poison = entry->failure;
		entry->failure = NULL;
		rest_ended(&w->rest, clock_mono_ms());
		forget_verdicts(w, i);
		stop = i + 1;
		i = w->first;
		if (begin(w, e) == -1)
			return -1;
	}
	w->tried = i;
	return i < w->n;
}

/* Acks that were answered, and request rows. 1: cut, there is more; 0; -1. */
static int
write_visits(struct writer *w, struct err *e)
{
	struct visit *v;
	int more;

	TAILQ_FOREACH(v, &w->run->visits, entry) {
		if (!visit_has_writing(v) || v->written)
			continue;
		do {
			if (held_too_long(w))
				return 1;
			if ((more = visit_write(v, w->apply.now, e)) == -1)
				return -1;
		} while (more == 1);
		v->written = true;
	}
	return 0;
}

/* Everything that the open transaction is to hold. 1: cut, there is more; 0; -1. */
static int
fill(struct writer *w, struct err *e)
{
	int more;

	if ((more = apply_entries(w, e)) != 0)
		return more;
	if ((more = notes_write(&w->notes, BOUND_BATCH_ROWS, w->run->request->db, w->run->id, w->run->job.type, e)) !=
	    0)
		return more;
	return write_visits(w, e);
}

/* What was committed may be counted and told. */
static int
publish_entries(struct writer *w, struct err *e)
{
	struct entry *entry;

	for (; w->first < w->tried; w->first++) {
		entry = &w->entries[w->first];
		if (w->dry != NULL &&
		    dryrun_item(w->dry, entry->visit, json_value_of(w->bytes.at + entry->at, entry->len),
		        entry->verdict, entry->owes, e) == -1)
			return -1;
		apply_tell(
		    &w->apply, json_value_of(w->bytes.at + entry->at, entry->len), entry->verdict, entry->failure);
		visit_item_settled(entry->visit, entry->verdict, entry->failure);
		release_entry(entry);
	}
	if (w->first < w->n)
		return 0;
	empty(w);
	/* One huge item must not keep its memory for the rest of the run. */
	if (w->bytes.cap > 2 * BOUND_BATCH_BYTES) {
		buf_release(&w->bytes);
		if (buf_reserve(&w->bytes, BOUND_BATCH_BYTES) == -1)
			return err_memory(e);
	}
	return 0;
}

static int
publish(struct writer *w, bool notes, struct err *e)
{
	struct visit *v;

	if (w->dry != NULL)
		dryrun_settle(w->dry);
	if (publish_entries(w, e) == -1)
		return -1;
	if (notes)
		notes_drop(&w->notes, BOUND_BATCH_ROWS);
	TAILQ_FOREACH(v, &w->run->visits, entry) {
		if (v->written)
			visit_settled(v);
		v->written = false;
	}
	return 0;
}

/* The run is to end, and a thousand items of slow rules could take minutes: the next run fetches them again. */
static void
drop_rest(struct writer *w)
{
	for (; w->first < w->n; w->first++) {
		w->entries[w->first].visit->uncommitted--;
		w->entries[w->first].visit->stopped = true;
		release_entry(&w->entries[w->first]);
	}
	empty(w);
	w->cut = true;
}

int
writer_commit(struct writer *w, struct err *e)
{
	struct db *db = w->run->request->db;
	bool notes;
	int more = 1;

	if (is_over(w, e))
		return -1;
	while (more) {
		if (begin(w, e) == -1 || (more = fill(w, e)) == -1)
			goto fail;
		notes = w->tried == w->n;
		if (w->run->request->dry_run)
			db_rollback(db);
		else if (db_commit(db, e) == -1)
			goto fail;
		rest_ended(&w->rest, clock_mono_ms());
		if (publish(w, notes, e) == -1)
			return -1;
		if (w->first < w->n && run_told_to_end(w->run))
			drop_rest(w);
	}
	return 0;
fail:
	db_rollback(db);
	return -1;
}

void
writer_tell_changes(const struct writer *w)
{
	if (w->dry != NULL)
		dryrun_tell(w->dry);
}
