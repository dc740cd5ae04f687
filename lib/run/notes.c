#include "run/notes.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/runlog.h"

struct note {
	STAILQ_ENTRY(note) entry;
	char *client, *group, *item;
	size_t item_len;
	const char *stage;
	char code[sizeof(((struct err *)NULL)->code)];
	char *message; /* on its own: a whole struct err for each of 100,000 bad entries would be 100 MB */
	int64_t attempt;
	char at[CLOCK_TEXT];
};

void
notes_init(struct notes *notes)
{
	STAILQ_INIT(notes);
}

static void
note_free(struct note *note)
{
	free(note->client);
	free(note->group);
	free(note->item);
	free(note->message);
	free(note);
}

int
notes_add(struct notes *notes, const char *client, const char *group, const struct writer_note *from, struct err *e)
{
	struct note *note = calloc(1, sizeof(*note));

	if (note == NULL)
		return err_memory(e);
	note->client = strdup(client);
	note->group = strdup(group);
	note->stage = from->stage;
	memcpy(note->code, from->why->code, sizeof(note->code));
	note->message = strdup(from->why->text);
	note->attempt = from->attempt;
	clock_text(clock_utc_ms(), note->at);
	if (from->item != NULL && (note->item = malloc(from->item_len + 1)) != NULL) {
		memcpy(note->item, from->item, from->item_len);
		note->item_len = from->item_len;
	}
	if (note->client == NULL || note->group == NULL || note->message == NULL ||
	    (from->item != NULL && note->item == NULL)) {
		note_free(note);
		return err_memory(e);
	}
	STAILQ_INSERT_TAIL(notes, note, entry);
	return 0;
}

bool
notes_empty(const struct notes *notes)
{
	return STAILQ_EMPTY(notes);
}

int
notes_write(const struct notes *notes, size_t most, struct db *db, int64_t run, int64_t job_type, struct err *e)
{
	struct runlog_exception row = { .run = run, .job_type = job_type };
	const struct note *note;

	STAILQ_FOREACH(note, notes, entry) {
		if (most-- == 0)
			return 1;
		row.at = note->at;
		row.client = note->client;
		row.group = note->group;
		row.item = note->item;
		row.item_len = note->item_len;
		row.stage = note->stage;
		row.code = note->code;
		row.message = note->message;
		row.attempt = note->attempt;
		if (runlog_exception(db, &row, e) == -1)
			return -1;
	}
	return 0;
}

void
notes_drop(struct notes *notes, size_t most)
{
	struct note *note;

	while (most-- > 0 && (note = STAILQ_FIRST(notes)) != NULL) {
		STAILQ_REMOVE_HEAD(notes, entry);
		note_free(note);
	}
}
