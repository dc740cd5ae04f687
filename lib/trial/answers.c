#include "trial/answers.h"

#include <stdio.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/disk.h"
#include "json/value.h"

#define ACK_FILE "ack.json"

/* "FOLDER/answer-2.json". */
static void
page_path(const struct answers *a, size_t page, char out[BOUND_PATH])
{
	const char *kind = a->job->fetch.format == STREAM_NDJSON ? "ndjson" : "json";

	if (page == 1)
		snprintf(out, BOUND_PATH, "%s/answer.%s", a->folder, kind);
	else
		snprintf(out, BOUND_PATH, "%s/answer-%zu.%s", a->folder, page, kind);
}

static void
ack_path(const struct answers *a, char out[BOUND_PATH])
{
	snprintf(out, BOUND_PATH, "%s/" ACK_FILE, a->folder);
}

static bool
is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* 0, or -1 with a->why. */
static int
take_file(struct answers *a, const char *path, bool json)
{
	struct json_value root;

	buf_clear(&a->body);
	if (disk_read(path, &a->body, &a->why) == -1)
		return -1;
	if (json && json_check(buf_text(&a->body), a->body.len, &root, &a->why) == -1)
		return err_prefix(&a->why, "%s: ", path);
	return 0;
}

static int
answer_ack(struct answers *a, struct offline_answer *out)
{
	char path[BOUND_PATH];

	a->acked = true;
	ack_path(a, path);
	out->status = 204;
	if (!is_there(path))
		return 0;
	out->status = 200;
	return take_file(a, path, true);
}

static int
answer_fetch(struct answers *a, struct offline_answer *out)
{
	enum pages_kind kind = a->job->fetch.pages.plan.kind;
	char path[BOUND_PATH], next[BOUND_PATH];

	page_path(a, ++a->pages, path);
	page_path(a, a->pages + 1, next);
	/* Asked on from page to page, until one is empty. */
	if (a->pages > 1 && (kind == PAGES_OFFSET || kind == PAGES_PAGE) && !is_there(path)) {
		out->status = 204;
		return 0;
	}
	if (!is_there(path))
		return err_set(&a->why, ERR_INPUT, "trial", "%s is missing%s", path,
		    a->pages > 1 ? ": the answer before it names a next page" : "");
	out->status = 200;
	if (kind == PAGES_LINK && is_there(next)) {
		snprintf(a->link, sizeof(a->link), "<?page=%zu>; rel=\"next\"", a->pages + 1);
		out->link = a->link;
	}
	return take_file(a, path, a->job->fetch.format == STREAM_JSON);
}

static int
answer(void *arg, const struct http_request *request, struct offline_answer *out, struct err *e)
{
	struct answers *a = arg;

	account_request(a->account, request);
	/* Acks, and they alone, go on a connection of their own. */
	if ((request->fresh ? answer_ack(a, out) : answer_fetch(a, out)) == -1) {
		*e = a->why;
		return -1;
	}
	out->body = a->body.at;
	out->body_len = out->status == 200 ? a->body.len : 0;
	return 0;
}

void
answers_init(struct answers *a, const char *folder, const struct job *job, struct account *account)
{
	*a = (struct answers){ .folder = folder, .job = job, .account = account };
	/* A file reads no better the second time. */
	a->offline = (struct offline){ .answer = answer, .once = true, .arg = a };
	buf_init(&a->body, BOUND_TRIAL_FILE);
}

void
answers_release(struct answers *a)
{
	buf_release(&a->body);
}

int
answers_end(struct answers *a, struct err *e)
{
	char path[BOUND_PATH];

	if (a->why.kind != ERR_NONE) {
		*e = a->why;
		return -1;
	}
	page_path(a, a->pages + 1, path);
	if (is_there(path))
		return err_set(e, ERR_CONFIG, "trial", "%s was never asked for", path);
	ack_path(a, path);
	if (!a->acked && is_there(path))
		return err_set(e, ERR_CONFIG, "trial", "%s was never asked for: nothing was acknowledged", path);
	return 0;
}
