#include "run/ack.h"

#include <stdlib.h>
#include <string.h>

#include <sha2.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "run/refused.h"
#include "run/visit.h"
#include "run/writer.h"

/* 64 hexadecimal digits in quotes: the header is a structured field string. */
#define IDEMPOTENCY_TEXT (2 + 2 * SHA256_DIGEST_LENGTH + 1)

/* What {Ids} and {Id} stand for, beside the client's own values. */
struct ack_scope {
	struct visit *visit;
	struct buf ids, id;
};

void
ack_init(struct visit *v)
{
	buf_init(&v->ack.body, BOUND_REQUEST_BODY);
	buf_init(&v->ack.answer, BOUND_ACK_ANSWER);
	buf_init(&v->ack.last_id, BOUND_ITEM_ID);
	buf_init(&v->ack.last_version, BOUND_ITEM_ID);
	v->ack.most = v->run->job.ack.batch;
}

void
ack_release(struct visit *v)
{
	ledger_owed_release(&v->ack.batch);
	ledger_owed_release(&v->ack.marks);
	free(v->ack.refused);
	buf_release(&v->ack.body);
	buf_release(&v->ack.answer);
	buf_release(&v->ack.last_id);
	buf_release(&v->ack.last_version);
}

void
ack_rewind(struct visit *v)
{
	v->ack.begun = false;
	v->ack.over = v->ack.given_up;
}

static bool
same_id(const struct ledger_key *a, const struct ledger_key *b)
{
	return a->quoted == b->quoted && a->id_len == b->id_len && memcmp(a->id, b->id, a->id_len) == 0;
}

/* An id as the external system wrote it: a number by its digits, a string as a string. */
static int
add_id(struct buf *b, const struct ledger_key *key)
{
	return key->quoted ? json_quote(b, key->id, key->id_len) : buf_add(b, key->id, key->id_len);
}

/* "[1,2,3]": two versions of one item are one id, and stand side by side in the ledger's order. */
static int
list_ids(const struct ledger_owed *batch, struct buf *out)
{
	size_t i;

	if (buf_addc(out, '[') == -1)
		return -1;
	for (i = 0; i < batch->n; i++) {
		if (i > 0 && same_id(&batch->at[i], &batch->at[i - 1]))
			continue;
		if ((i > 0 && buf_addc(out, ',') == -1) || add_id(out, &batch->at[i]) == -1)
			return -1;
	}
	return buf_addc(out, ']');
}

static struct json_value
scope_get(void *arg, const char *name, size_t len)
{
	struct ack_scope *scope = arg;

	if (len == 3 && memcmp(name, "Ids", 3) == 0)
		return json_value_of(scope->ids.at, scope->ids.len);
	if (len == 2 && memcmp(name, "Id", 2) == 0)
		return json_value_of(scope->id.at, scope->id.len);
	return client_view_get(&scope->visit->view, name, len);
}

/*
 * The same for the same client and items, whenever they are sent. Another
 * version is another item: with the key of the one before it, a server that keeps its word would do nothing.
 */
static void
idempotency_key(const struct visit *v, const struct buf *ids, char out[IDEMPOTENCY_TEXT])
{
	const struct ledger_owed *batch = &v->ack.batch;
	unsigned char digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX sha;
	size_t i;

	SHA256Init(&sha);
	SHA256Update(&sha, (const uint8_t *)v->run->job.name, strlen(v->run->job.name) + 1);
	SHA256Update(&sha, (const uint8_t *)v->client->id, strlen(v->client->id) + 1);
	SHA256Update(&sha, (const uint8_t *)v->client->group, strlen(v->client->group) + 1);
	SHA256Update(&sha, (const uint8_t *)ids->at, ids->len);
	for (i = 0; i < batch->n; i++) {
		if (batch->at[i].version_len == 0)
			continue;
		SHA256Update(&sha, (const uint8_t *)"\0", 1);
		SHA256Update(&sha, (const uint8_t *)batch->at[i].version, batch->at[i].version_len);
	}
	SHA256Final(digest, &sha);
	*out++ = '"';
	for (i = 0; i < sizeof(digest); i++) {
		*out++ = "0123456789abcdef"[digest[i] >> 4];
		*out++ = "0123456789abcdef"[digest[i] & 15];
	}
	memcpy(out, "\"", 2);
}

/* Reads the next owed items behind those already named. 0 or -1. */
static int
read_batch(struct visit *v, struct err *e)
{
	struct ledger_key last = {
		.id = v->ack.last_id.at,
		.id_len = v->ack.last_id.len,
		.quoted = v->ack.last_quoted,
		.version = buf_text(&v->ack.last_version),
		.version_len = v->ack.last_version.len,
	};

	return ledger_owed_read(
	    v->run->request->db, &v->who, v->ack.begun ? &last : NULL, v->ack.most, &v->ack.batch, e);
}

/*
 * The next batch begins behind this one: refused items stay owed, and must not be named twice in one pass. With no
 * memory to remember where that is, the pass ends here.
 */
static void
go_on_behind(struct visit *v)
{
	const struct ledger_key *last = &v->ack.batch.at[v->ack.batch.n - 1];

	v->ack.begun = true;
	v->ack.last_quoted = last->quoted;
	buf_clear(&v->ack.last_id);
	buf_clear(&v->ack.last_version);
	if (buf_add(&v->ack.last_id, last->id, last->id_len) == -1 ||
	    buf_add(&v->ack.last_version, last->version, last->version_len) == -1)
		v->ack.over = true;
}

static int
make_refused(struct visit *v)
{
	free(v->ack.refused);
	return (v->ack.refused = calloc(v->ack.batch.n, sizeof(bool))) != NULL ? 0 : -1;
}

static void
on_restart(void *arg)
{
	struct visit *v = arg;

	buf_clear(&v->ack.answer);
}

static int
on_bytes(void *arg, const char *bytes, size_t n, struct err *e)
{
	struct visit *v = arg;

	if (!v->run->job.ack.has_rejected)
		return 0;
	if (buf_add(&v->ack.answer, bytes, n) == 0)
		return 0;
	if (v->ack.answer.short_of_memory)
		return err_memory(e);
	return err_set(
	    e, ERR_UNAVAILABLE, "ack_too_large", "the answer to an ack is larger than %u bytes", BOUND_ACK_ANSWER);
}

/* What was refused is read before the answer counts: one that cannot be read leaves the ack's fate unknown. */
static int
on_whole(void *arg, struct err *e)
{
	struct visit *v = arg;

	if (!v->run->job.ack.has_rejected || v->ack.answer.len == 0)
		return 0;
	return refused_read(
	    &v->run->job.ack.rejected, v->ack.answer.at, v->ack.answer.len, &v->ack.batch, v->ack.refused, e);
}

/*
 * One item alone that the system will not take is its own affair. What no
 * other item's request would pass either, or only later, ends the pass.
 */
static bool
refuses_item_alone(const struct visit *v, const struct http_result *result)
{
	static const long of_all[] = { 401, 403, 405, 407, 408, 425, 429 };
	size_t i;

	for (i = 0; i < sizeof(of_all) / sizeof(of_all[0]); i++)
		if (result->status == of_all[i])
			return false;
	return v->run->job.ack.batch == 1 && result->outcome == OUTCOME_ANSWER && result->status >= 400 &&
	    result->status < 500;
}

static void
note_refused(struct visit *v, const struct ledger_key *key, const struct err *why)
{
	struct writer_note note = { .stage = "ack", .why = why, .item = key->id, .item_len = key->id_len };
	struct err e = ERR_INIT;

	v->acks_refused = true;
	if (writer_note(v->run->writer, v, &note, &e) == -1)
		run_fatal(v->run, &e);
	visit_tell_item(v, "ack", key->id, key->id_len, why, 0);
}

int
ack_take(struct visit *v, struct err *e)
{
	const struct ledger_owed *batch = &v->ack.batch;
	struct err why = ERR_INIT;
	size_t i;

	err_set(
	    &why, ERR_UNAVAILABLE, "ack_rejected", "applied, but the external system refused its ack; it stays owed");
	if (v->ack.marks.n == 0)
		v->ack.marks_since = clock_mono_ms();
	for (i = 0; i < batch->n; i++) {
		if (v->ack.refused[i]) {
			if (i == 0 || !same_id(&batch->at[i], &batch->at[i - 1]))
				note_refused(v, &batch->at[i], &why);
		} else if (ledger_owed_add(&v->ack.marks, &batch->at[i], e) == -1) {
			return -1;
		}
	}
	return 0;
}

static void
on_done(void *arg, const struct http_result *result)
{
	struct visit *v = arg;
	struct err e = ERR_INIT;

	visit_count(v, result);
	if (result->outcome == OUTCOME_STOPPED) {
		v->ack.over = v->stopped = true;
		return;
	}
	if (result->why.kind == ERR_NONE) {
		if (ack_take(v, &e) == -1)
			run_fatal(v->run, &e);
		go_on_behind(v);
		/* Fewer than were asked for are the last of them: nothing is committed for this client meanwhile. */
		if ((int64_t)v->ack.batch.n < v->ack.most)
			v->ack.over = true;
	} else if (result->outcome == OUTCOME_ANSWER && result->status == 413 && v->ack.batch.n > 1) {
		/* Of what was too much, not of what would have been allowed: else the same would be sent again. */
		v->ack.most = ((int64_t)v->ack.batch.n + 1) / 2;
	} else if (refuses_item_alone(v, result)) {
		note_refused(v, &v->ack.batch.at[0], &result->why);
		go_on_behind(v);
	} else {
		visit_fail(v, "ack", &result->why);
		v->ack.over = v->ack.given_up = true;
	}
}

static void
on_retrying(void *arg, int made, int64_t wait_ms, const struct err *why)
{
	visit_retrying(arg, "ack", made, wait_ms, why);
}

/* Renders the request for the batch and starts it. 0 or -1 with e: this client's failure. */
static int
send(struct visit *v, struct err *e)
{
	const struct job *job = &v->run->job;
	struct ack_scope names = { .visit = v };
	struct template_scope scope = { .get = scope_get, .arg = &names };
	struct http_request request = { .method = job->ack.method, .fresh = true };
	struct http_sink sink = { on_restart, on_bytes, on_whole, on_done, on_retrying, v };
	char key[IDEMPOTENCY_TEXT];
	struct http_header idempotency = { "Idempotency-Key", key };
	struct buf url;
	int ret = -1;

	buf_init(&url, BOUND_URL);
	buf_init(&names.ids, BOUND_REQUEST_BODY);
	buf_init(&names.id, BOUND_ITEM_ID * 6 + 2);
	buf_clear(&v->ack.body);
	if (list_ids(&v->ack.batch, &names.ids) == -1 && !names.ids.short_of_memory) {
		err_set(
		    e, ERR_INTERNAL, "ack_too_large", "the ids of one ack take more than %u bytes", BOUND_REQUEST_BODY);
		goto out;
	}
	if (names.ids.short_of_memory || add_id(&names.id, &v->ack.batch.at[0]) == -1 || make_refused(v) == -1) {
		err_memory(e);
		goto out;
	}
	if (request_url(&v->view, job->ack.path, &scope, &url, e) == -1 ||
	    (job->ack.body.kind != JSON_ABSENT && template_body(job->ack.body, &scope, &v->ack.body, e) == -1))
		goto out;
	idempotency_key(v, &names.ids, key);
	request.url = url.at;
	request.body = v->ack.body.at;
	request.body_len = v->ack.body.len;
	ret = visit_request(v, &request, &sink, &idempotency, e);
out:
	buf_release(&url);
	buf_release(&names.ids);
	buf_release(&names.id);
	return ret;
}

/* An id that no path can hold, however it is written: URLs take it for a step to another path. */
static bool
is_dots(const struct ledger_key *key)
{
	return (key->id_len == 1 || key->id_len == 2) && memcmp(key->id, "..", key->id_len) == 0;
}

int
ack_next(struct visit *v, struct err *e)
{
	struct err why = ERR_INIT;

	while (!v->ack.over) {
		if (!visit_may_ask(v))
			return 1;
		if (read_batch(v, e) == -1)
			return -1;
		if (v->ack.batch.n == 0) {
			v->ack.over = true;
			return 0;
		}
		if (send(v, &why) == 0)
			return 1;
		if (v->run->job.ack.batch > 1 || !is_dots(&v->ack.batch.at[0])) {
			visit_fail(v, "ack", &why);
			v->ack.over = v->ack.given_up = true;
		} else {
			/* It cannot be named in a path: its own affair, and none of those behind it. */
			note_refused(v, &v->ack.batch.at[0], &why);
			go_on_behind(v);
		}
	}
	return 0;
}

bool
ack_is_due(const struct visit *v)
{
	return v->ack.marks.n > 0 &&
	    (v->ack.over || v->ack.marks.n >= BOUND_ACK_MARKS ||
	        clock_mono_ms() - v->ack.marks_since >= BOUND_ACK_MARKS_MS);
}

int
ack_write(struct visit *v, const char *now, struct err *e)
{
	size_t n = v->ack.marks.n - v->ack.marked;

	if (n > BOUND_BATCH_ROWS)
		n = BOUND_BATCH_ROWS;
	if (ledger_acked(v->run->request->db, &v->who, v->ack.marks.at + v->ack.marked, n, now, e) == -1)
		return -1;
	/* A commit that fails ends the run, so that a piece once written need not be written again. */
	v->ack.marked += n;
	return v->ack.marked < v->ack.marks.n;
}

void
ack_settled(struct visit *v)
{
	v->tally.acked += (int64_t)v->ack.marks.n;
	ledger_owed_clear(&v->ack.marks);
	v->ack.marked = 0;
}
