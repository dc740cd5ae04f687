/*
 * A run on a database of its own, and visits that no engine moves: what a fetch would bring is given to the writer.
 */
#ifndef TEST_RUN_FIXTURE_H
#define TEST_RUN_FIXTURE_H

#include "../store/scratch.h"

#include "run/state.h"
#include "run/visit.h"
#include "run/writer.h"
#include "store/runlog.h"

#define JOB                                                                                   \
	"{\"JobType\": 1, \"Name\": \"Notes\", \"Rules\": \"rules.sql\", \"MaxAttempts\": 2," \
	" \"BaseUrl\": \"http://127.0.0.1:9\", \"Fetch\": {\"Path\": \"/\", \"ItemVersion\": \"/v\"}}"

/* An item with "bad" is rejected; one with "poison" ends the whole transaction. */
#define PLATFORM                                                      \
	"CREATE TABLE note (id, client); CREATE TABLE poisoned (id);" \
	"CREATE TRIGGER poison BEFORE INSERT ON poisoned BEGIN SELECT RAISE(ROLLBACK, 'all is undone'); END;"
#define RULES                                         \
	"INSERT INTO note VALUES (:id, @ClientId);\n" \
	"SELECT :bad WHERE :bad IS NOT NULL;\n"       \
	"INSERT INTO poisoned SELECT :id WHERE :poison IS NOT NULL;"

struct fixture {
	struct scratch s; /* first: scratch_end() frees the whole */
	struct run run;
	struct run_request request;
	struct run_summary summary;
	struct catalog_job job;
	struct client clients[2];
	struct visit *visits[2];
	volatile sig_atomic_t signal;
	sqlite3 *rival;  /* takes the write lock at lock_at */
	int64_t lock_at; /* when so many failed items are told; 0: never */
	int64_t failed_items, hidden, ended;
	char last[200]; /* the last failed item's message */
};

static inline void
on_event(void *arg, const struct event *ev)
{
	struct fixture *f = arg;

	if (ev->kind == EVENT_ITEM_FAILED) {
		snprintf(f->last, sizeof(f->last), "%.*s: %s", (int)ev->item_len, ev->item, ev->message);
		if (++f->failed_items == f->lock_at)
			scratch_sql(f->rival, "BEGIN IMMEDIATE");
	}
	if (ev->kind == EVENT_ITEMS_HIDDEN)
		f->hidden += ev->n;
	f->ended += ev->kind == EVENT_CLIENT_END;
}

/* A second run of the same job, say: ledger rows of the first are older. */
static inline void
begin_run(struct fixture *f)
{
	struct runlog_run row = { .job_type = 1, .started_at = "2026-11-23T07:00:00.000Z", .host = "here", .pid = 1 };

	if (!f->request.dry_run)
		OK(&f->s, runlog_begin(&f->s.db, &row, &f->s.e));
	f->run.id = row.id;
	f->summary = (struct run_summary){ 0 };
	rules_set_run(f->run.rules, row.id, 1);
	if ((f->run.writer = writer_new(&f->run, &f->s.e)) == NULL)
		fail_msg("%s", f->s.e.text);
}

static inline void
end_run(struct fixture *f)
{
	struct visit *v;

	while ((v = TAILQ_FIRST(&f->run.visits)) != NULL) {
		TAILQ_REMOVE(&f->run.visits, v, entry);
		visit_free(v);
	}
	writer_free(f->run.writer);
	f->run.writer = NULL;
}

static inline struct visit *
begin_visit(struct fixture *f, size_t i)
{
	struct visit *v = visit_new(&f->run, &f->clients[i], &f->s.e);

	assert_non_null(v);
	assert_false(v->failed);
	v->state = VISIT_FETCH;
	TAILQ_INSERT_TAIL(&f->run.visits, v, entry);
	f->visits[i] = v;
	return v;
}

static inline int
fixture_new(void **state, bool dry_run)
{
	static char name[] = "Notes", definition[] = JOB, rules[] = RULES;
	struct fixture *f;
	size_t i;

	if (scratch_open(state) == -1 || (f = realloc(*state, sizeof(*f))) == NULL)
		return -1;
	*state = f;
	memset((char *)f + sizeof(f->s), 0, sizeof(*f) - sizeof(f->s));
	TAILQ_INIT(&f->run.visits);
	f->job = (struct catalog_job){ .type = 1, .name = name, .definition = definition, .rules = rules };
	f->request = (struct run_request){ .db = &f->s.db,
		.job = &f->job,
		.override = { -1, -1 },
		.dry_run = dry_run,
		.signal = &f->signal,
		.events = { .event = on_event, .arg = f } };
	f->run.request = &f->request;
	f->run.summary = &f->summary;
	f->rival = scratch_platform(f->s.path);
	scratch_sql(f->s.db.handle, PLATFORM);
	/* What another program's lock costs is not waited for here. */
	sqlite3_busy_timeout(f->s.db.handle, 20);
	OK(&f->s, job_parse(&f->run.job, definition, strlen(definition), &f->s.e));
	OK(&f->s, rules_compile(&f->run.rules, &f->s.db, rules, strlen(rules), "rules.sql", 5000, &f->s.e));
	for (i = 0; i < 2; i++) {
		const char *entry = i == 0 ? "{\"ClientId\": 1}" : "{\"ClientId\": 2}";

		OK(&f->s, client_parse(&f->clients[i], 1, "", NULL, entry, strlen(entry), &f->s.e));
	}
	begin_run(f);
	return 0;
}

static inline int
fixture_setup(void **state)
{
	return fixture_new(state, false);
}

static inline int
fixture_setup_dry(void **state)
{
	return fixture_new(state, true);
}

static inline int
fixture_end(void **state)
{
	struct fixture *f = *state;

	end_run(f);
	client_release(&f->clients[0]);
	client_release(&f->clients[1]);
	rules_free(f->run.rules);
	job_release(&f->run.job);
	sqlite3_close(f->rival);
	return scratch_end(state);
}

static inline int
give(struct visit *v, const char *item, struct err *e)
{
	return writer_item(v->run->writer, v, json_value_of(item, strlen(item)), 1, e);
}

/* "received processed duplicates errors parked acked owed" */
static inline const char *
tally_text(const struct tally *t)
{
	static char text[200];

	snprintf(text, sizeof(text), "%lld %lld %lld %lld %lld %lld %lld", (long long)t->received,
	    (long long)t->processed, (long long)t->duplicates, (long long)t->errors, (long long)t->parked,
	    (long long)t->acked, (long long)t->owed);
	return text;
}

/* What the run's books would say if it ended now: as in run.c and loop.c. */
static inline const char *
total_text(const struct fixture *f)
{
	struct tally total = f->summary.tally;
	const struct visit *v;

	TAILQ_FOREACH(v, &f->run.visits, entry)
		tally_add(&total, &v->tally);
	return tally_text(&total);
}

#endif
