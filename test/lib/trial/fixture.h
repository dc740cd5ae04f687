/*
 * A job's folder with one case in it, for the tests of this room, and what its trial told.
 */
#ifndef TEST_TRIAL_FIXTURE_H
#define TEST_TRIAL_FIXTURE_H

#include "../store/scratch.h"

#include <sys/stat.h>

#include "base/disk.h"
#include "http/engine.h"
#include "trial/trial.h"

#define JOB                                                                                               \
	"{\"JobType\": 7, \"Name\": \"Notes\", \"Rules\": \"rules.sql\", \"Ack\": {\"Path\": \"/ack\"}, " \
	"\"Fetch\": {\"Path\": \"/notes\", \"Query\": {}}}"
#define RULES                                                        \
	"-- check its text\nSELECT 'no text' WHERE :text IS NULL;\n" \
	"-- keep it\nINSERT INTO note (id, text, at, run) VALUES (:id, :text, $now, $run);\n"
#define SCHEMA "CREATE TABLE note (id PRIMARY KEY, text, at, run, made DEFAULT CURRENT_TIMESTAMP);"
#define AFTER "-- notes\nSELECT id, text, at, run, made FROM note ORDER BY id;\n"

struct trial_here {
	struct scratch s; /* its folder is the job's; its database is there once open_platform() was called */
	struct folder folder;
	struct trial_plan plan;
	struct trial_count count;
	struct trial_sink sink;
	char schema[128];
	volatile sig_atomic_t signal;
	struct buf told; /* "passed one\n" and the text */
};

static inline void
on_result(void *arg, const struct trial_result *r)
{
	static const char *const verdicts[] = {
		[TRIAL_PASSED] = "passed",
		[TRIAL_UPDATED] = "updated",
		[TRIAL_FAILED] = "failed",
		[TRIAL_BROKEN] = "broken",
	};
	struct trial_here *h = arg;

	assert_int_equal(buf_addf(&h->told, "%s %s\n%s%s", verdicts[r->verdict], r->name,
	                     r->text != NULL ? r->text : "", r->verdict == TRIAL_BROKEN ? "\n" : ""),
	    0);
}

static inline void
on_note(void *arg, const char *text)
{
	struct trial_here *h = arg;

	assert_int_equal(buf_addf(&h->told, "note %s\n", text), 0);
}

/* Writes FOLDER/NAME anew, with the folders it needs; "" in place of text NULL: removes it. */
static inline void
put(struct trial_here *h, const char *name, const char *text)
{
	char path[300], *slash;
	struct err e = ERR_INIT;

	snprintf(path, sizeof(path), "%s/%s", h->s.folder, name);
	for (slash = path + strlen(h->s.folder) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
	unlink(path);
	if (text != NULL && disk_write(path, text, strlen(text), false, 0, &e) == -1)
		fail_msg("%s", e.text);
}

/* A job that keeps notes, and its case "one", which passes. */
static inline int
trial_set_up(void **state)
{
	struct trial_here *h = calloc(1, sizeof(*h));

	if (h == NULL || scratch_make(h->s.folder) == -1 || engine_global(&h->s.e) == -1)
		return -1;
	*state = h;
	snprintf(h->s.path, sizeof(h->s.path), "%s/platform.db", h->s.folder);
	snprintf(h->schema, sizeof(h->schema), "%s/schema.sql", h->s.folder);
	h->plan = (struct trial_plan){
		.dir = h->s.folder, .folder = &h->folder, .schema_path = h->schema, .signal = &h->signal
	};
	h->sink = (struct trial_sink){ on_result, on_note, h };
	buf_init(&h->told, 1 << 20);
	put(h, "job.json", JOB);
	put(h, "rules.sql", RULES);
	put(h, "schema.sql", SCHEMA);
	put(h, "test/one/answer.json", "[{\"id\": 1, \"text\": \"a\"}, {\"id\": 2}]");
	put(h, "test/one/client.json", "{\"ClientId\": 1, \"BaseUrl\": \"https://notes.example\"} // whose notes");
	put(h, "test/one/after.sql", AFTER);
	put(h, "test/one/after.txt",
	    "-- requests\nGET /notes\nPOST /ack { \"clientId\": 1, \"groupId\": 0, \"ids\": [1] }\n\n"
	    "-- items\n1: applied, acknowledged\n2: rejected: check its text: no text\n\n"
	    "-- notes\nid 1, text 'a', at '2026-01-01T00:00:00.000Z', run 1, made '2026-01-01 00:00:00'\n");
	return 0;
}

static inline int
trial_tear_down(void **state)
{
	struct trial_here *h = *state;

	folder_release(&h->folder);
	db_close(&h->s.db);
	buf_release(&h->told);
	scratch_remove(h->s.folder);
	free(h);
	return 0;
}

/* Reads the folder and tries it: as trial_run(). h->told is what was told since. */
static inline int
try(struct trial_here *h)
{
	folder_release(&h->folder);
	buf_clear(&h->told);
	err_clear(&h->s.e);
	if (folder_read(&h->folder, h->s.folder, &h->s.e) == -1)
		fail_msg("%s", h->s.e.text);
	return trial_run(&h->plan, &h->sink, &h->count, &h->s.e);
}

#define TRIAL_TEST(name) cmocka_unit_test_setup_teardown(name, trial_set_up, trial_tear_down)

#endif
