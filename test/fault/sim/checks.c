#include "checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sometimes.h"

enum state { NO_ROW, APPLIED, ACKED, FAILED, PARKED, OTHER };

/* What the database knows of each item. */
struct seen {
	enum state state;
	int attempts, effects;
	int64_t run, effect_run;
};

struct look {
	struct world *w;
	sqlite3 *db;
	struct disk *copy;
	struct seen items[SCHEME_ITEMS];
	int64_t applied; /* rows of that state */
};

/* Rows that must not be; the first column says what is wrong. */
static const char *const wrongs[] = {
	"SELECT 'more than one run is open', count(*) FROM APP_JOB_RUN WHERE Status = 'running' HAVING count(*) > 1",
	"SELECT 'a run''s books do not balance', RunId FROM APP_JOB_RUN"
	" WHERE Received <> Processed + Duplicates + Errors + Parked",
	"SELECT 'a client''s books do not balance', RunId, ClientId FROM APP_REQUEST_LOG"
	" WHERE Received <> Processed + Duplicates + Errors + Parked",
	"SELECT 'a run is not the sum of its clients', r.RunId FROM APP_JOB_RUN r LEFT JOIN APP_REQUEST_LOG l USING (RunId)"
	" WHERE r.Status IN ('ok', 'degraded', 'stopped') GROUP BY r.RunId"
	" HAVING r.Received <> ifnull(sum(l.Received), 0) OR r.Processed <> ifnull(sum(l.Processed), 0)"
	" OR r.Duplicates <> ifnull(sum(l.Duplicates), 0) OR r.Errors <> ifnull(sum(l.Errors), 0)"
	" OR r.Parked <> ifnull(sum(l.Parked), 0) OR r.Acked <> ifnull(sum(l.Acked), 0)"
	" OR r.Owed <> ifnull(sum(l.Owed), 0)",
	"SELECT 'processed is not what the ledger has of it', RunId, ClientId, Processed FROM APP_REQUEST_LOG l"
	" WHERE Processed <> (SELECT count(*) FROM APP_ITEM i WHERE i.RunId = l.RunId AND i.ClientId = l.ClientId"
	" AND i.GroupId = l.GroupId AND i.State IN ('applied', 'acked'))",
	"SELECT 'errors are not those that are logged', RunId, ClientId, Errors FROM APP_REQUEST_LOG l"
	" WHERE Errors <> (SELECT count(*) FROM APP_EXCEPTION_LOG x WHERE x.RunId = l.RunId AND x.ClientId = l.ClientId"
	" AND x.GroupId = l.GroupId AND x.Stage IN ('rules', 'fetch') AND x.ItemId IS NOT NULL)",
	"SELECT 'attempts are not the errors that are logged', ClientId, ItemId, sum(Attempts) FROM APP_ITEM i"
	" GROUP BY ClientId, GroupId, ItemId HAVING sum(Attempts) <> (SELECT count(*) FROM APP_EXCEPTION_LOG x"
	" WHERE x.ClientId = i.ClientId AND x.GroupId = i.GroupId AND x.ItemId = i.ItemId"
	" AND x.Stage IN ('rules', 'fetch'))",
	"SELECT 'a client failed, and nothing says why', RunId, ClientId FROM APP_REQUEST_LOG l WHERE Status = 'failed'"
	" AND NOT EXISTS (SELECT 1 FROM APP_EXCEPTION_LOG x WHERE x.RunId = l.RunId AND x.ClientId = l.ClientId"
	" AND x.GroupId = l.GroupId AND x.ItemId IS NULL)",
	"SELECT 'a duration below zero', RunId FROM APP_REQUEST_LOG WHERE DurationMs < 0 UNION ALL"
	" SELECT 'a duration below zero', RunId FROM APP_JOB_RUN WHERE DurationMs < 0",
	"SELECT 'effects are not what was counted', sum(n) FROM total"
	" HAVING ifnull(sum(n), 0) <> (SELECT count(*) FROM effect)",
	"SELECT 'integrity', integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
	"SELECT 'foreign key', \"table\", rowid FROM pragma_foreign_key_check",
};

static sqlite3_stmt *
prepare(struct look *look, const char *sql)
{
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(look->db, sql, -1, &st, NULL) != SQLITE_OK)
		world_trouble(look->w, "%s: %s", sql, sqlite3_errmsg(look->db));
	return st;
}

static const char *
text(sqlite3_stmt *st, int at)
{
	const char *cell = (const char *)sqlite3_column_text(st, at);

	return cell != NULL ? cell : "";
}

/* Opens a copy of the world's disk. */
static void
look_begin(struct look *look, struct world *w)
{
	memset(look, 0, sizeof(*look));
	look->w = w;
	look->copy = disk_clone(w->disk);
	w->vfs->disk = look->copy;
	w->vfs->step = NULL;
	if (sqlite3_open_v2(world_path, &look->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		world_trouble(w, "the database cannot be opened: %s", sqlite3_errmsg(look->db));
}

static void
look_end(struct look *look)
{
	sqlite3_close(look->db);
	disk_free(look->copy);
	look->w->vfs->disk = look->w->disk;
}

static void
check_wrongs(struct look *look)
{
	sqlite3_stmt *st;
	size_t i;

	for (i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		if ((st = prepare(look, wrongs[i])) == NULL)
			continue;
		if (sqlite3_step(st) == SQLITE_ROW)
			world_trouble(look->w, "%s: %s, %s, %s", text(st, 0), text(st, 1),
			    sqlite3_column_count(st) > 2 ? text(st, 2) : "",
			    sqlite3_column_count(st) > 3 ? text(st, 3) : "");
		sqlite3_finalize(st);
	}
}

static const struct scheme_item *
item_of(const struct scheme *p, sqlite3_stmt *st)
{
	bool quoted = sqlite3_column_int(st, 4) != 0;
	size_t i;

	for (i = 0; i < p->n_items; i++)
		if (p->items[i].quoted == quoted && strcmp(p->items[i].id, text(st, 2)) == 0 &&
		    strcmp(p->items[i].version, text(st, 3)) == 0 &&
		    strcmp(p->clients[p->items[i].client].id, text(st, 0)) == 0 &&
		    strcmp(p->clients[p->items[i].client].group, text(st, 1)) == 0 && scheme_has_row(&p->items[i]))
			return &p->items[i];
	return NULL;
}

static void
read_ledger(struct look *look)
{
	static const char *const names[] = {
		[APPLIED] = "applied", [ACKED] = "acked", [FAILED] = "failed", [PARKED] = "parked"
	};
	sqlite3_stmt *st = prepare(
	    look, "SELECT ClientId, GroupId, ItemId, ItemVersion, IdQuoted, State, Attempts, RunId FROM APP_ITEM");
	const struct scheme_item *item;
	struct seen *seen;
	int state;

	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		if ((item = item_of(&look->w->scheme, st)) == NULL) {
			world_trouble(look->w, "the ledger has an item that there is not: %s", text(st, 2));
			continue;
		}
		seen = &look->items[item - look->w->scheme.items];
		for (state = APPLIED; state < OTHER && strcmp(names[state], text(st, 5)) != 0; state++)
			continue;
		seen->state = (enum state)state;
		seen->attempts = sqlite3_column_int(st, 6);
		seen->run = sqlite3_column_int64(st, 7);
		look->applied += state == APPLIED;
	}
	sqlite3_finalize(st);
}

static void
read_effects(struct look *look)
{
	sqlite3_stmt *st = prepare(look, "SELECT key, client, grp, run FROM effect");
	const struct scheme *p = &look->w->scheme;
	int64_t key;

	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		key = sqlite3_column_int64(st, 0);
		if (key < 1 || key > (int64_t)p->n_items ||
		    strcmp(p->clients[p->items[key - 1].client].id, text(st, 1)) != 0) {
			world_trouble(look->w, "an effect of an item that there is not: %lld", (long long)key);
			continue;
		}
		look->items[key - 1].effects++;
		look->items[key - 1].effect_run = sqlite3_column_int64(st, 3);
	}
	sqlite3_finalize(st);
}

/* What must hold of one item at any time. NULL, or what is wrong. */
static const char *
wrong_with(const struct world *w, size_t i, const struct seen *seen)
{
	const struct scheme_item *item = &w->scheme.items[i];
	bool applied = seen->state == APPLIED || seen->state == ACKED, acked = w->es.items[i].acked;

	if (seen->effects != (applied ? 1 : 0))
		return seen->effects > 1 ? "its effect is there more than once"
		    : applied            ? "it is applied without its effect"
		                         : "it took effect and is not applied";
	if (applied && seen->run != seen->effect_run)
		return "its ledger row is of another run than its effect";
	if (acked && !applied)
		return "it is acknowledged at the external system, and not applied";
	if (seen->state == ACKED && !acked)
		return "the ledger says acknowledged, and the external system does not know";
	if (applied && item->kind != ITEM_GOOD && item->kind != ITEM_CURED)
		return "it is applied, and its rules do not allow it";
	if (!applied && item->kind == ITEM_GOOD && seen->state != NO_ROW)
		return "it is good, and failed";
	if (seen->state == FAILED && (seen->attempts < 1 || seen->attempts >= w->scheme.max_attempts))
		return "it failed, and its attempts are none, or too many not to be parked";
	if (seen->state == PARKED && seen->attempts != w->scheme.max_attempts)
		return "it is parked after another number of attempts than MaxAttempts";
	if (applied && seen->attempts >= w->scheme.max_attempts)
		return "it was applied after MaxAttempts";
	if (seen->state != NO_ROW && w->es.items[i].offers == 0)
		return "it is in the ledger and was never offered";
	return NULL;
}

static void
check_items(struct look *look)
{
	struct world *w = look->w;
	const char *wrong;
	size_t i;

	for (i = 0; i < w->scheme.n_clients; i++)
		w->es.clients[i].owed = 0;
	for (i = 0; i < w->scheme.n_items; i++) {
		if ((wrong = wrong_with(w, i, &look->items[i])) != NULL)
			world_trouble(w, "client %s, item %s %s: %s (effects %d, attempts %d)",
			    w->scheme.clients[w->scheme.items[i].client].id, w->scheme.items[i].token,
			    w->scheme.items[i].version, wrong, look->items[i].effects, look->items[i].attempts);
		if (w->scheme.acks && look->items[i].state == APPLIED)
			w->es.clients[w->scheme.items[i].client].owed++;
		if (w->frozen && w->es.items[i].acked && look->items[i].state == APPLIED)
			sometimes(DID_CRASH_AFTER_ACK);
	}
}

/* Faults that pass must not fail a visit. */
static void
check_failures(struct look *look)
{
	struct world *w = look->w;
	sqlite3_stmt *st = prepare(look,
	    "SELECT ClientId, Message FROM APP_REQUEST_LOG WHERE Status = 'failed'"
	    " AND RunId = (SELECT max(RunId) FROM APP_JOB_RUN)");
	size_t c;

	while (st != NULL && sqlite3_step(st) == SQLITE_ROW)
		for (c = 0; c < w->scheme.n_clients; c++)
			if (!w->es.clients[c].excused && strcmp(w->scheme.clients[c].id, text(st, 0)) == 0)
				world_trouble(w, "client %s failed by what passes: %s", text(st, 0), text(st, 1));
	sqlite3_finalize(st);
}

static void
check_row(struct look *look)
{
	sqlite3_stmt *st = prepare(look, "SELECT Status FROM APP_JOB_RUN ORDER BY RunId DESC LIMIT 1");

	if (sqlite3_step(st) != SQLITE_ROW || strcmp(text(st, 0), look->w->summary.status) != 0)
		world_trouble(look->w, "the run ended %s, and its row does not say so", look->w->summary.status);
	sqlite3_finalize(st);
}

/* What a run that nothing disturbed must say of itself. */
static void
check_summary(struct look *look)
{
	struct world *w = look->w;
	const struct tally *t = &w->summary.tally;

	if (w->frozen || w->hurt || w->ended != 0)
		return;
	if (t->received != t->processed + t->duplicates + t->errors + t->parked)
		world_trouble(look->w, "the summary's books do not balance");
	check_row(look);
	if (w->summary.signal != 0 || w->summary.out_of_time)
		return;
	check_failures(look);
	if (w->es.faults > 0)
		return;
	if (t->received != w->es.served)
		world_trouble(look->w, "%lld items were served and %lld received", (long long)w->es.served,
		    (long long)t->received);
	if (!w->scheme.versions && t->acked != w->es.acked)
		world_trouble(
		    look->w, "%lld acks were taken and %lld counted", (long long)w->es.acked, (long long)t->acked);
	if (w->scheme.acks && w->summary.skipped == 0 && t->owed != look->applied)
		world_trouble(
		    look->w, "%lld items are owed and %lld counted", (long long)look->applied, (long long)t->owed);
}

/* Is this item where it must end? */
static bool
is_done(const struct world *w, size_t i, const struct seen *seen)
{
	const struct scheme_item *item = &w->scheme.items[i];

	if (item->late && !w->es.late)
		return true;
	if (!scheme_has_row(item))
		return seen->state == NO_ROW;
	if (!scheme_is_good(item) && seen->state == PARKED)
		return true;
	if (item->kind != ITEM_GOOD && item->kind != ITEM_CURED)
		return false;
	if (!w->scheme.acks || item->refusals == -1)
		return seen->state == APPLIED;
	return seen->state == ACKED && w->es.items[i].acked;
}

static void
count_items(const struct world *w, const struct seen *seen)
{
	size_t i;

	for (i = 0; i < w->scheme.n_items; i++) {
		if (seen[i].state == PARKED)
			sometimes(DID_PARK);
		if (seen[i].attempts > 0 && (seen[i].state == APPLIED || seen[i].state == ACKED))
			sometimes(DID_CURE);
	}
}

/* What is not yet where it must end, if anything. */
static void
look_for_rest(struct look *look)
{
	struct world *w = look->w;
	size_t i;

	w->left[0] = '\0';
	for (i = 0; i < w->scheme.n_items; i++)
		if (!is_done(w, i, &look->items[i])) {
			snprintf(w->left, sizeof(w->left),
			    "client %s, item %s %s (kind %d) is in state %d after %d attempts",
			    w->scheme.clients[w->scheme.items[i].client].id, w->scheme.items[i].token,
			    w->scheme.items[i].version, (int)w->scheme.items[i].kind, (int)look->items[i].state,
			    look->items[i].attempts);
			return;
		}
	count_items(w, look->items);
}

void
checks_after_run(struct world *w)
{
	struct look *look = malloc(sizeof(*look));

	if (look == NULL)
		abort();
	look_begin(look, w);
	check_wrongs(look);
	read_ledger(look);
	read_effects(look);
	check_items(look);
	check_summary(look);
	look_for_rest(look);
	look_end(look);
	free(look);
}

static uint64_t
digest_rows(struct look *look, const char *sql, uint64_t digest)
{
	sqlite3_stmt *st = prepare(look, sql);
	const char *cell;
	int i;

	while (st != NULL && sqlite3_step(st) == SQLITE_ROW)
		for (i = 0; i < sqlite3_column_count(st); i++)
			for (cell = text(st, i);; cell++) {
				digest = (digest ^ (unsigned char)*cell) * 1099511628211U;
				if (*cell == '\0')
					break;
			}
	sqlite3_finalize(st);
	return digest;
}

uint64_t
checks_digest(struct world *w)
{
	static const char *const rows[] = {
		"SELECT ClientId, GroupId, ItemId, ItemVersion, IdQuoted, State, Attempts, RunId FROM APP_ITEM"
		" ORDER BY 1, 2, 3, 4, 5",
		"SELECT key, client, grp, run FROM effect ORDER BY key",
		"SELECT RunId, ClientId, GroupId, Status, Requests, Received, Processed, Duplicates, Errors, Parked, Acked, Owed"
		" FROM APP_REQUEST_LOG ORDER BY 1, 2, 3",
		"SELECT RunId, ClientId, GroupId, ItemId, Stage, Code, Attempt FROM APP_EXCEPTION_LOG"
		" ORDER BY 1, 2, 3, 4, 5, 6, 7",
		"SELECT RunId, Status, Received, Processed, Duplicates, Errors, Parked, Acked, Owed FROM APP_JOB_RUN ORDER BY 1",
	};
	struct look *look = malloc(sizeof(*look));
	uint64_t digest = 14695981039346656037U;
	size_t i;

	if (look == NULL)
		abort();
	look_begin(look, w);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		digest = digest_rows(look, rows[i], digest);
	look_end(look);
	free(look);
	return digest;
}
