#include "control.h"

#include <string.h>

#include "scan.h"

/* A walk over the records that a test posts. */
struct posted {
	struct scope scope;
	bool raw;             /* lines are kept whatever they are */
	const char *at, *end; /* NDJSON: what is left */
	struct scan bodies;   /* else: the array */
};

/* 1: *body is the next, 0: that was all, -1: it is no JSON. */
static int
next_posted(struct posted *p, struct slice *body)
{
	struct slice value;
	const char *newline;

	if (p->at == NULL)
		return scan_element(&p->bodies, body);
	while (p->at < p->end) {
		newline = memchr(p->at, '\n', (size_t)(p->end - p->at));
		*body = (struct slice){ p->at, (size_t)((newline != NULL ? newline : p->end) - p->at) };
		p->at = newline != NULL ? newline + 1 : p->end;
		if (body->len > 0)
			return p->raw || scan_whole(*body, &value) ? 1 : -1;
	}
	return 0;
}

/* A JSON object's text member, its characters in out. False if there is none. */
static bool
member_text(struct slice object, const char *name, struct buf *out)
{
	struct slice token;

	if (scan_find(object, name, &token) != 1)
		return false;
	if (scan_is_string(token))
		scan_text(token, out);
	else
		buf_add(out, token.at, token.len);
	buf_add(out, "", 0);
	return true;
}

/* Where the records begin and whose they are; names holds the texts of a JSON body. NULL, or what is wrong. */
static const char *
posted_open(struct posted *p, struct request *r, struct buf name[3])
{
	const char *kind = params_get(&r->params, "kind"), *raw = params_get(&r->params, "raw");
	struct slice bodies;

	*p = (struct posted){ .raw = raw != NULL && strcmp(raw, "1") == 0 };
	if (kind != NULL) {
		p->at = buf_text(&r->body);
		p->end = p->at + r->body.len;
		p->scope.client = params_get(&r->params, "client");
		p->scope.group = params_get(&r->params, "group");
	} else {
		if (r->json.at == NULL || scan_find(r->json, "bodies", &bodies) != 1 ||
		    scan_open(&p->bodies, bodies, '[') == -1)
			return "give kind, client and group in the query, or a JSON object with an array of bodies";
		kind = member_text(r->json, "kind", &name[0]) ? buf_text(&name[0]) : NULL;
		p->scope.client = member_text(r->json, "client", &name[1]) ? buf_text(&name[1]) : NULL;
		p->scope.group = member_text(r->json, "group", &name[2]) ? buf_text(&name[2]) : NULL;
	}
	if (p->scope.group == NULL)
		p->scope.group = "0";
	if (kind == NULL || (p->scope.kind = record_kind(slice_of(kind))) == NULL)
		return "kind must be records, appointments or cancellations";
	return p->scope.client == NULL ? "client is missing" : NULL;
}

/* All of them or none. The answer says how many, or which one is malformed. */
static int
keep_posted(struct service *s, struct posted *p, struct answer *a, struct err *e)
{
	struct slice body;
	long long n = 0;
	int got;

	if (store_begin(&s->store, e) == -1)
		return -1;
	while ((got = next_posted(p, &body)) == 1) {
		if (record_put(&s->store, &p->scope, 0, body, e) == -1) {
			store_rollback(&s->store);
			return -1;
		}
		n++;
	}
	if (got == -1) {
		store_rollback(&s->store);
		answer_problem(a, 400, "record %lld is no JSON; with raw=1 it would be kept all the same", n + 1);
		return 0;
	}
	a->status = 201;
	buf_addf(&a->body, "{\"inserted\":%lld}", n);
	return store_commit(&s->store, e);
}

int
control_records(struct service *s, struct request *r, struct answer *a, struct err *e)
{
	struct buf name[3];
	struct posted posted;
	const char *wrong;
	size_t i;
	int rc = 0;

	for (i = 0; i < 3; i++)
		buf_init(&name[i], BOUND_FILE);
	if ((wrong = posted_open(&posted, r, name)) != NULL)
		answer_problem(a, 400, "%s", wrong);
	else
		rc = keep_posted(s, &posted, a, e);
	for (i = 0; i < 3; i++)
		buf_release(&name[i]);
	return rc;
}

int
control_faults(struct service *s, struct request *r, struct answer *a, struct err *e)
{
	if (strcmp(r->entry.method, "DELETE") == 0)
		faults_clear(&s->faults);
	if (strcmp(r->entry.method, "POST") == 0) {
		if (faults_add(&s->faults, buf_slice(&r->body), e) == -1) {
			answer_problem(a, 400, "%s", e->text);
			return 0;
		}
		a->status = 201;
	}
	faults_list(&s->faults, &a->body);
	return buf_failed(&a->body) ? err_memory(e) : 0;
}

int
control_state(struct service *s, struct request *r, struct answer *a, struct err *e)
{
	int64_t n[4] = { 0 };
	int rc;

	(void)r;
	store_enter(&s->store);
	rc = journal_state(&s->store, n, e);
	store_leave(&s->store);
	if (rc == 0)
		buf_addf(&a->body, "{\"records\":%lld,\"acked\":%lld,\"requests\":%lld,\"acks\":%lld}", (long long)n[0],
		    (long long)n[1], (long long)n[2], (long long)n[3]);
	return rc;
}
