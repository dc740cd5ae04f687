#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checks.h"
#include "sometimes.h"
#include "store/catalog.h"
#include "store/db.h"
#include "vtime.h"

/* A hundred times what the longest run takes. */
#define STEPS_MOST 200000

const char world_path[] = "jobrun.db";

void
world_trouble(struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (w->trouble[0] != '\0')
		return;
	va_start(ap, fmt);
	vsnprintf(w->trouble, sizeof(w->trouble), fmt, ap);
	va_end(ap);
}

static void
note(struct world *w, const char *what, int64_t number)
{
	for (; *what != '\0'; what++)
		w->trace = (w->trace ^ (unsigned char)*what) * 1099511628211U;
	w->trace = (w->trace ^ (uint64_t)number) * 1099511628211U;
}

static void
freeze(struct world *w)
{
	w->frozen = true;
	w->after = disk_clone(w->disk);
	sometimes(w->fate.power ? DID_POWER_CUT : DID_CRASH);
	if (w->fate.power && disk_unsynced(w->disk) > 0)
		sometimes(DID_CUT_IN_COMMIT);
	if (w->fate.power)
		disk_cut(w->after, &w->cut);
}

/* A step is about to be made. True: it is not, the run is dead. */
static bool
step(struct world *w, const char *what)
{
	if (w->frozen)
		return true;
	w->steps++;
	note(w, what, w->steps);
	if (w->steps == STEPS_MOST)
		world_trouble(w, "a run does not end");
	if (w->steps == w->fate.crash_at || w->steps == STEPS_MOST)
		freeze(w);
	if (w->steps == w->fate.busy_at)
		w->busy_until_ms = vtime_mono_ms() + w->fate.busy_ms;
	if (w->steps == w->fate.signal_at)
		w->signal = SIGTERM;
	if (w->steps == w->fate.signal_at)
		w->es.stopped_at_ms = vtime_mono_ms();
	if (w->steps == w->fate.jump_at) {
		vtime_jump_ms(w->fate.jump_ms);
		sometimes(DID_CLOCK_JUMP);
	}
	return w->frozen;
}

static int
failure(struct world *w, enum power_op op)
{
	static const int codes[] = { [POWER_OPEN] = SQLITE_CANTOPEN,
		[POWER_READ] = SQLITE_IOERR_READ,
		[POWER_WRITE] = SQLITE_IOERR_WRITE,
		[POWER_TRUNCATE] = SQLITE_IOERR_TRUNCATE,
		[POWER_SYNC] = SQLITE_IOERR_FSYNC,
		[POWER_DELETE] = SQLITE_IOERR_DELETE,
		[POWER_LOCK] = SQLITE_IOERR_LOCK };

	if (w->frozen)
		return codes[op];
	w->hurt = true;
	if (op == POWER_WRITE && w->fate.fail_full) {
		sometimes(DID_FULL);
		return SQLITE_FULL;
	}
	if (op == POWER_WRITE)
		sometimes(DID_IOERR_WRITE);
	if (op == POWER_SYNC)
		sometimes(DID_IOERR_SYNC);
	return codes[op];
}

/* Another program's lock: seen until it is gone. */
static int
try_lock(struct world *w)
{
	if (w->frozen)
		return failure(w, POWER_LOCK);
	if (w->busy_until_ms == 0)
		return SQLITE_OK;
	w->hurt = true;
	if (vtime_mono_ms() < w->busy_until_ms)
		return SQLITE_BUSY;
	w->busy_until_ms = 0;
	sometimes(DID_BUSY);
	return SQLITE_OK;
}

static int
on_disk(void *arg, enum power_op op)
{
	static const char *const names[] = { "open", "read", "write", "truncate", "sync", "delete", "lock" };
	struct world *w = arg;

	if (op == POWER_LOCK)
		return try_lock(w);
	if (op == POWER_READ) {
		if (w->frozen)
			return failure(w, op);
		if (++w->reads != w->fate.fail_read_at)
			return SQLITE_OK;
		sometimes(DID_IOERR_READ);
		return failure(w, op);
	}
	if (step(w, names[op]))
		return failure(w, op);
	if (w->fate.fail_at > 0 && w->steps >= w->fate.fail_at && w->steps < w->fate.fail_at + w->fate.fail_most)
		return failure(w, op);
	return SQLITE_OK;
}

static int
on_request(void *arg, const char *what)
{
	struct world *w = arg;

	return step(w, what) ? -1 : 0;
}

static void
on_event(void *arg, const struct event *ev)
{
	struct world *w = arg;

	note(w, ev->message != NULL ? ev->message : "", (int64_t)ev->kind);
	switch (ev->kind) {
	case EVENT_RUN_HEALED:
		sometimes(DID_HEAL);
		break;
	case EVENT_STOPPING:
		sometimes(w->signal != 0 ? DID_SIGNAL : DID_TIME_OVER);
		break;
	case EVENT_SKIPPED:
		sometimes(DID_NOT_DUE);
		break;
	case EVENT_ITEM_FAILED:
		sometimes(DID_FAIL_ITEM);
		if (ev->message != NULL && strstr(ev->message, "all is undone") != NULL)
			sometimes(DID_POISON);
		break;
	default:
		break;
	}
}

static int
exit_code(void *arg, const struct run_summary *s, const struct err *why)
{
	(void)arg;
	return why->kind != ERR_NONE ? 70 : s->failed_clients > 0;
}

static void
run(struct world *w, struct db *db, struct err *e)
{
	struct run_finish finish = { exit_code, w };
	struct catalog_job job;
	struct run_request request = {
		.db = db,
		.job = &job,
		.parallel = w->parallel,
		.override = { -1, -1 },
		.force = w->force,
		.max_time_ms = w->es.calm ? 0 : w->scheme.most_ms,
		.signal = &w->signal,
		.agent = "sim",
		.offline = &w->es.offline,
		.events = { .event = on_event, .arg = w },
	};

	if ((w->ended = catalog_job(db, "1", &job, e)) != 0)
		return;
	w->ended = run_job(&request, &finish, &w->summary, e);
	if (w->summary.tally.duplicates > 0)
		sometimes(DID_DUPLICATE);
	if (w->summary.skipped > 0)
		sometimes(DID_NOT_DUE);
	if (w->ended == 0 && w->summary.tally.received > 1000)
		sometimes(DID_FILL_BATCH);
	catalog_job_release(&job);
}

/* The run is dead or over: on with the disk that it left. */
static void
settle(struct world *w)
{
	if (w->vfs->open_files != 0 || w->vfs->shm != NULL)
		world_trouble(w, "a run left %d files open", w->vfs->open_files);
	if (w->frozen) {
		disk_free(w->disk);
		w->disk = w->after;
		w->after = NULL;
	}
	w->vfs->disk = w->disk;
	w->vfs->step = NULL;
}

void
world_run(struct world *w, const struct fate *fate)
{
	struct db db = { 0 };
	struct err *e = &w->why;

	w->fate = *fate;
	w->steps = w->reads = w->busy_until_ms = 0;
	w->frozen = w->hurt = false;
	w->signal = 0;
	run_summary_release(&w->summary);
	w->summary = (struct run_summary){ 0 };
	err_clear(e);
	extsys_begin_run(&w->es);
	w->vfs->disk = w->disk;
	w->vfs->step = on_disk;
	w->vfs->arg = w;
	sometimes(DID_RUN);
	if ((w->ended = db_open(&db, world_path, e)) == 0) {
		if (w->weak)
			sqlite3_exec(db.handle, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
		run(w, &db, e);
		db_close(&db);
	}
	if (w->hurt && w->ended != 0 && e->kind == ERR_TRY_LATER)
		sometimes(DID_BUSY_TOO_LONG);
	settle(w);
	if (w->ended != 0 && !w->frozen && !w->hurt)
		world_trouble(w, "a run failed with nothing wrong: [%s] %s", e->code, e->text);
	if (w->es.trouble[0] != '\0')
		world_trouble(w, "%s", w->es.trouble);
	checks_after_run(w);
}

/* SQL of the test's own, on the disk of the world. */
static void
must_sql(struct powervfs *vfs, struct disk *disk, const char *sql)
{
	sqlite3 *db = NULL;

	vfs->disk = disk;
	if (sqlite3_open_v2(world_path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
		abort();
	}
	sqlite3_close(db);
}

static char folder[64];

void
world_stand_in(struct disk *disk)
{
	FILE *f = fopen(world_path, "w");
	bool made;

	/* What is in it nobody reads, but empty it would be no database. */
	if (f == NULL || (disk_size(disk_open(disk, world_path, true, &made)) > 0 && fputs("something", f) == EOF) ||
	    fclose(f) == EOF)
		abort();
}

struct disk *
world_base(struct powervfs *vfs)
{
	struct disk *disk = disk_new();
	struct err e = ERR_INIT;
	int from, to;

	vfs->disk = disk;
	vfs->step = NULL;
	vtime_begin(1, INT64_C(1764000000000), 0);
	snprintf(folder, sizeof(folder), "/tmp/jobrun-sim.XXXXXX");
	if (mkdtemp(folder) == NULL || chdir(folder) == -1)
		abort();
	world_stand_in(disk);
	if (db_init(world_path, &from, &to, &e) == -1) {
		fprintf(stderr, "%s\n", e.text);
		abort();
	}
	world_stand_in(disk);
	must_sql(vfs, disk, scheme_platform);
	disk_settle(disk);
	return disk;
}

void
world_base_free(struct disk *base)
{
	disk_free(base);
	unlink(world_path);
	if (chdir("/") == 0)
		rmdir(folder);
}

/* The job and its clients, as `job install` and `client add` would put them there. */
static void
install(struct world *w)
{
	char name[] = "Simulated", stage[] = "full", *rules = strdup(scheme_rules);
	struct catalog_job job = { .type = SCHEME_JOB, .name = name, .rules = rules, .stage = stage };
	struct err e = ERR_INIT;
	struct buf definition, client;
	struct db db = { 0 };
	int64_t version;
	size_t i;
	int changed;
	bool ok;

	buf_init(&definition, 65536);
	buf_init(&client, 65536);
	scheme_definition(&w->scheme, &definition);
	job.definition = definition.at;
	w->vfs->disk = w->disk;
	ok = db_open(&db, world_path, &e) == 0 && db_begin(&db, &e) == 0 &&
	    catalog_job_install(&db, &job, &version, &changed, &e) == 0;
	for (i = 0; ok && i < w->scheme.n_clients; i++) {
		buf_clear(&client);
		scheme_client(&w->scheme, i, &client);
		ok = catalog_client_add(&db, SCHEME_JOB, "", client.at, 999, &e) == 0;
	}
	if (!ok || db_commit(&db, &e) == -1)
		world_trouble(w, "the job cannot be installed: %s", e.text);
	db_close(&db);
	disk_settle(w->disk);
	buf_release(&definition);
	buf_release(&client);
	free(rules);
}

void
world_begin(struct world *w, struct powervfs *vfs, const struct disk *base, uint64_t seed)
{
	memset(w, 0, sizeof(*w));
	scheme_draw(&w->scheme, seed);
	extsys_init(&w->es, &w->scheme);
	w->es.step = on_request;
	w->es.arg = w;
	w->vfs = vfs;
	w->vfs->step = NULL;
	w->vfs->random = rng_of(seed, 3, 1);
	w->parallel = w->scheme.parallel;
	w->cut = rng_of(seed, 4, 1);
	w->disk = disk_clone(base);
	/* Its generator is the process's: begun anew, it draws its seed from ours. */
	sqlite3_randomness(0, NULL);
	vtime_begin(seed, w->scheme.utc_ms, w->scheme.drag_us);
	install(w);
}

void
world_end(struct world *w)
{
	run_summary_release(&w->summary);
	extsys_release(&w->es);
	disk_free(w->disk);
	disk_free(w->after);
}
