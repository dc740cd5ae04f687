#include "service.h"

#include <string.h>

#include "bounds.h"
#include "digest.h"
#include "routes.h"

/* What tells one keyed request from another: its method, URI and body. */
static int
hash_request(const struct request *r, unsigned char hash[DIGEST_BYTES], struct err *e)
{
	const struct slice space = { " ", 1 };
	const struct slice part[] = { slice_of(r->entry.method), space, slice_of(r->path), space, slice_of(r->query),
		space, buf_slice(&r->body) };

	return digest_of(part, sizeof(part) / sizeof(part[0]), hash) ? 0 : err_set(e, "no SHA-256");
}

/* Does it, or answers what the same key was answered before. What succeeded is kept under its key. 0, or -1. */
static int
serve_keyed(struct service *s, struct request *r, const struct route *route, struct answer *a, struct err *e)
{
	unsigned char digest[DIGEST_BYTES];
	struct slice hash = { (const char *)digest, sizeof(digest) };

	if (r->key == NULL || !route->keyed)
		return route->serve(s, r, a, e);
	if (hash_request(r, digest, e) == -1)
		return -1;
	switch (journal_replay(&s->store, r->key, hash, &a->status, &a->body, e)) {
	case 1:
		r->entry.replay = true;
		return buf_failed(&a->body) ? err_memory(e) : 0;
	case 2:
		answer_problem(a, 422, "this Idempotency-Key was another request's");
		return 0;
	case 0:
		break;
	default:
		return -1;
	}
	if (route->serve(s, r, a, e) == -1)
		return -1;
	return a->status / 100 == 2 ? journal_keep(&s->store, r->key, hash, a->status, buf_slice(&a->body), e) : 0;
}

/* The answer of a fault, in place of any other. */
static void
answer_fault(const struct fault *f, struct answer *a)
{
	if (f->kind == FAULT_STATUS)
		answer_problem(a, f->status != 0 ? (int)f->status : 503, "ordered by a test");
	else if (f->kind == FAULT_REDIRECT)
		answer_problem(a, f->status != 0 ? (int)f->status : 302, "elsewhere");
	else if (f->status != 0)
		a->status = (int)f->status;
	if (f->body == NULL)
		return;
	buf_clear(&a->body);
	buf_add(&a->body, f->body, f->body_len);
	answer_header(a, "Content-Type", "application/json");
}

/*
 * What the request is answered with; wrong is what could not be read of it, or NULL.
 * 0, or -1 and the answer is void.
 */
static int
serve(struct service *s, struct request *r, const char *wrong, struct answer *a, struct err *e)
{
	const struct route *route;

	if (!r->entry.auth_ok) {
		answer_problem(a, 401, "the key is missing or wrong");
		return answer_header(a, "WWW-Authenticate", "Bearer") == -1 ? err_memory(e) : 0;
	}
	if (r->fault != NULL && !r->fault->executes) {
		answer_fault(r->fault, a);
		return 0;
	}
	if (buf_failed(&r->body)) {
		answer_problem(a, 413, "a body of more than %u bytes", BOUND_BODY);
		return 0;
	}
	if (wrong != NULL) {
		answer_problem(a, 400, "%s", wrong);
		return 0;
	}
	if ((route = route_find(r, a)) == NULL)
		return 0;
	return serve_keyed(s, r, route, a, e);
}

/* Adds what the fault hangs on any answer, and says in the entry what will leave. 0, or -1. */
static int
finish(struct request *r, struct answer *a, struct err *e)
{
	const struct fault *f = r->fault;

	if (f != NULL && f->kind == FAULT_INSTEAD)
		answer_fault(f, a);
	if (f != NULL &&
	    (fault_headers(f, a) == -1 || (f->location != NULL && answer_header(a, "Location", f->location) == -1)))
		return err_set(e, "the fault's headers cannot be sent");
	if (f != NULL &&
	    (f->kind == FAULT_RESET || f->kind == FAULT_HANG || f->kind == FAULT_RAW || f->kind == FAULT_DROP)) {
		r->entry.status = 0;
		r->entry.bytes = 0;
		return 0;
	}
	r->entry.status = a->status;
	r->entry.bytes = a->feed != NULL ? -1 : (int64_t)a->body.len;
	return 0;
}

/* One transaction: the request's row, what it does, what it is answered. 0, or -1 and nothing of it is there. */
static int
serve_journaled(struct service *s, struct request *r, const char *wrong, struct answer *a, struct err *e)
{
	if (store_begin(&s->store, e) == -1)
		return -1;
	if (journal_open(&s->store, &r->entry, e) == -1 || serve(s, r, wrong, a, e) == -1 || finish(r, a, e) == -1 ||
	    journal_close(&s->store, &r->entry, e) == -1) {
		store_rollback(&s->store);
		return -1;
	}
	return store_commit(&s->store, e);
}

/* It failed: the answer says so, and the journal too, if it still can. */
static void
answer_failure(struct service *s, struct request *r, struct answer *a, const struct err *why)
{
	struct err ignored;

	answer_problem(a, 500, "%s", why->text);
	r->entry.status = 500;
	r->entry.bytes = (int64_t)a->body.len;
	if (request_is_control(r) || store_begin(&s->store, &ignored) == -1)
		return;
	if (journal_open(&s->store, &r->entry, &ignored) == 0 && journal_close(&s->store, &r->entry, &ignored) == 0)
		store_commit(&s->store, &ignored);
	else
		store_rollback(&s->store);
}

void
service_answer(struct service *s, struct request *r, struct answer *a)
{
	const struct route *route;
	const char *wrong;
	struct err e, unread;
	int rc = 0;

	wrong = request_parse(r, &unread) == -1 ? unread.text : NULL;
	if (request_is_control(r)) {
		if (wrong != NULL)
			answer_problem(a, 400, "%s", wrong);
		else if ((route = route_find(r, a)) != NULL)
			rc = route->serve(s, r, a, &e);
	} else {
		if (r->entry.auth_ok)
			r->fault = faults_take(&s->faults, r->entry.method, r->path, r->scope.client);
		r->entry.fault = r->fault != NULL ? r->fault->name : NULL;
		rc = serve_journaled(s, r, wrong, a, &e);
	}
	if (rc == -1)
		answer_failure(s, r, a, &e);
	if (s->log != NULL && !request_is_control(r))
		journal_line(s->log, &r->entry);
}
