#include "faults.h"

#include <stdlib.h>
#include <string.h>

#include "fault_parse.h"
#include "scan.h"

void
faults_init(struct faults *fs)
{
	TAILQ_INIT(&fs->list);
	pthread_mutex_init(&fs->lock, NULL);
}

void
faults_release(struct faults *fs)
{
	faults_clear(fs);
	pthread_mutex_destroy(&fs->lock);
}

/* With the lock held. */
static void
leave(struct fault *f)
{
	if (--f->users == 0)
		fault_free(f);
}

int
faults_add(struct faults *fs, struct slice text, struct err *e)
{
	struct fault *f = fault_parse(text, e);

	if (f == NULL)
		return -1;
	f->users = 1;
	pthread_mutex_lock(&fs->lock);
	TAILQ_INSERT_TAIL(&fs->list, f, link);
	pthread_mutex_unlock(&fs->lock);
	return 0;
}

void
faults_clear(struct faults *fs)
{
	struct fault *f;

	pthread_mutex_lock(&fs->lock);
	while ((f = TAILQ_FIRST(&fs->list)) != NULL) {
		TAILQ_REMOVE(&fs->list, f, link);
		leave(f);
	}
	pthread_mutex_unlock(&fs->lock);
}

void
faults_list(struct faults *fs, struct buf *out)
{
	struct fault *f;
	const char *between = "";

	buf_addc(out, '[');
	pthread_mutex_lock(&fs->lock);
	TAILQ_FOREACH(f, &fs->list, link) {
		buf_addf(out, "%s{\"fault\":", between);
		buf_adds(out, f->text);
		buf_addf(out, ",\"seen\":%lld,\"hits\":%lld}", (long long)f->seen, (long long)f->hits);
		between = ",";
	}
	pthread_mutex_unlock(&fs->lock);
	buf_addc(out, ']');
}

static bool
matches(const struct fault *f, const char *method, const char *path, const char *client)
{
	if (f->method != NULL && strcmp(f->method, method) != 0)
		return false;
	if (f->path != NULL && strncmp(path, f->path, strlen(f->path)) != 0)
		return false;
	return f->client == NULL || (client != NULL && strcmp(f->client, client) == 0);
}

struct fault *
faults_take(struct faults *fs, const char *method, const char *path, const char *client)
{
	struct fault *f;

	pthread_mutex_lock(&fs->lock);
	TAILQ_FOREACH(f, &fs->list, link) {
		if (!matches(f, method, path, client) || (f->times > 0 && f->hits == f->times))
			continue;
		if (++f->seen <= f->skip)
			continue;
		f->hits++;
		f->users++;
		break;
	}
	pthread_mutex_unlock(&fs->lock);
	return f;
}

void
fault_leave(struct faults *fs, struct fault *f)
{
	if (f == NULL)
		return;
	pthread_mutex_lock(&fs->lock);
	leave(f);
	pthread_mutex_unlock(&fs->lock);
}

bool
fault_rejects(const struct fault *f, struct slice key)
{
	struct slice id;
	struct buf own;
	struct scan s;
	bool found = false;

	if (f == NULL || f->kind != FAULT_REJECT || f->ids.at == NULL || scan_open(&s, f->ids, '[') == -1)
		return false;
	buf_init(&own, BOUND_BODY);
	while (!found && scan_element(&s, &id) == 1) {
		buf_clear(&own);
		scan_id_key(id, &own);
		found = slice_equal(buf_slice(&own), key);
	}
	buf_release(&own);
	return found;
}

int
fault_headers(const struct fault *f, struct answer *a)
{
	struct slice key, token;
	struct buf name, value;
	struct scan s;
	int rc = 0;

	if (f->headers.at == NULL || scan_open(&s, f->headers, '{') == -1)
		return 0;
	buf_init(&name, BOUND_FILE);
	buf_init(&value, BOUND_FILE);
	while (rc == 0 && scan_member(&s, &key, &token) == 1) {
		buf_clear(&name);
		buf_clear(&value);
		scan_text(key, &name);
		if (scan_is_string(token))
			scan_text(token, &value);
		else
			buf_add(&value, token.at, token.len);
		rc = buf_failed(&name) || buf_failed(&value) ? -1 : answer_header(a, buf_text(&name), buf_text(&value));
	}
	buf_release(&name);
	buf_release(&value);
	return rc;
}
