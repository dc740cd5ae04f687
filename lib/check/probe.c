#include "check/probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bsd/string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "check/tell.h"
#include "config/request.h"
#include "http/pages.h"
#include "http/url.h"
#include "run/item.h"
#include "stream/stream.h"

/* How long one step may sleep: a signal is noticed this late at the most. */
#define STEP_MS 250
/* What a message shows of a URL. */
#define URL_SHOWN 200

struct probe {
	TAILQ_ENTRY(probe) entry;
	struct check *check;
	const struct jobs_row *job;
	char *client, *group;
	struct settings settings;
	struct request_auth auth;
	struct pages pages;
	struct buf body;
	struct stream *stream;
	struct transfer *transfer;
	struct item item;
	int64_t begun_ms, unusable;
	size_t bytes;
	struct err first; /* why the first unusable item is none */
	bool enough;      /* of the answer was read, and the rest is not wanted */
	enum check_level level;
	char code[sizeof(((struct err *)0)->code)];
	char *message; /* what came of it; NULL: nothing yet */
};

void
probes_init(struct probes *all)
{
	*all = (struct probes){ .engine = NULL };
	TAILQ_INIT(&all->list);
}

/* All but what came of it. */
static void
let_go(struct probe *p)
{
	settings_release(&p->settings);
	request_auth_release(&p->auth);
	pages_release(&p->pages);
	buf_release(&p->body);
	stream_free(p->stream);
	p->stream = NULL;
	item_release(&p->item);
}

static void
probe_free(struct probe *p)
{
	let_go(p);
	free(p->client);
	free(p->group);
	free(p->message);
	free(p);
}

void
probes_release(struct probes *all)
{
	struct probe *p;

	/* It ends what is under way, so that nobody is called back any more. */
	engine_free(all->engine);
	all->engine = NULL;
	while ((p = TAILQ_FIRST(&all->list)) != NULL) {
		TAILQ_REMOVE(&all->list, p, entry);
		probe_free(p);
	}
}

/* What makes one way of speaking to a system differ from another, as one text. 0 or -1. */
static int
add_way(struct buf *b, int64_t job_type, const struct settings *s)
{
	size_t i;
	int bad;

	bad = buf_addf(b, "probe %lld\n%s\n%d\n%s\n%s\n%s\n%s\n%lld %lld %d %g %zu\n", (long long)job_type, s->base_url,
	    s->auth.kind, s->auth.name != NULL ? s->auth.name : "", s->auth.secret != NULL ? s->auth.secret : "",
	    s->ca_file != NULL ? s->ca_file : "", s->proxy != NULL ? s->proxy : "", (long long)s->timeout_ms,
	    (long long)s->connect_timeout_ms, s->retries, s->rate_limit, s->max_item_bytes);
	for (i = 0; i < s->n_headers; i++)
		bad |= buf_addf(b, "%s: %s\n", s->headers[i].name, s->headers[i].value);
	return bad != 0 ? -1 : 0;
}

static int
is_new(struct check *c, const struct jobs_row *job, const struct client_view *v, struct err *e)
{
	struct buf way;
	int ret;

	buf_init(&way, BOUND_REQUEST_BODY);
	ret = add_way(&way, job->type, &v->settings) == -1 ? err_memory(e) : looked_is_new(&c->looked, way.at, e);
	buf_release(&way);
	return ret;
}

/* The request as a run would make it for its first page. */
static int
fill(struct probe *p, const struct client_view *v, struct err *e)
{
	const struct job *job = &p->job->job;
	struct stream_plan plan = request_answer(job, v);
	struct buf url;
	int ret = -1;

	buf_init(&url, BOUND_URL);
	if (settings_copy(&p->settings, &v->settings, e) == -1)
		goto out;
	/* Whoever asks now wants to know how it is now. */
	p->settings.retries = 0;
	if (request_fetch(job, v, &url, &p->body, e) == -1 ||
	    pages_first(&p->pages, &job->fetch.pages.plan, url.at, e) == -1)
		goto out;
	p->client = strdup(v->client->id);
	p->group = strdup(v->client->group);
	p->stream = stream_new(&plan);
	ret = p->client != NULL && p->group != NULL && p->stream != NULL ? 0 : err_memory(e);
out:
	buf_release(&url);
	return ret;
}

int
probes_add(struct check *c, const struct jobs_row *job, const struct client_view *v, struct err *e)
{
	struct probe *p;
	int new;

	if (!c->plan->probe || (new = is_new(c, job, v, e)) == 0)
		return 0;
	if (new == -1)
		return -1;
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return err_memory(e);
	p->check = c;
	p->job = job;
	settings_init(&p->settings);
	request_auth_init(&p->auth);
	buf_init(&p->body, BOUND_REQUEST_BODY);
	item_init(&p->item);
	if (fill(p, v, e) == -1) {
		probe_free(p);
		return -1;
	}
	TAILQ_INSERT_TAIL(&c->probes.list, p, entry);
	return 0;
}

static void
on_restart(void *arg)
{
	struct probe *p = arg;

	stream_reset(p->stream);
	p->unusable = 0;
	p->bytes = 0;
}

/* Looks at every item that is whole, as a run would before its rules. 0 or -1. */
static int
drain(struct probe *p, struct err *e)
{
	struct json_value item;
	struct err why = ERR_INIT;
	int got, bad;

	while ((got = stream_next(p->stream, &item, e)) == 1) {
		if ((bad = item_read(&p->item, &p->job->job, item, &why)) == -1) {
			*e = why;
			return -1;
		}
		if (bad == 1 && p->unusable++ == 0)
			p->first = why;
	}
	return got;
}

static int
on_bytes(void *arg, const char *bytes, size_t n, struct err *e)
{
	struct probe *p = arg;

	/* What was on its way when it was stopped. */
	if (p->enough)
		return 0;
	stream_feed(p->stream, bytes, n);
	if (drain(p, e) == -1)
		return -1;
	p->bytes += n;
	if (p->bytes >= BOUND_PROBE_BYTES) {
		p->enough = true;
		engine_stop(p->transfer);
	}
	return 0;
}

static int
on_whole(void *arg, struct err *e)
{
	struct probe *p = arg;

	if (p->enough || transfer_status(p->transfer) == 204)
		return 0;
	stream_end(p->stream);
	return drain(p, e);
}

static void keep(struct probe *p, enum check_level level, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* What came of it, told when all are done. */
static void
keep(struct probe *p, enum check_level level, const char *code, const char *fmt, ...)
{
	va_list ap;

	p->level = level;
	strlcpy(p->code, code, sizeof(p->code));
	va_start(ap, fmt);
	if (vasprintf(&p->message, fmt, ap) == -1)
		p->message = NULL;
	va_end(ap);
}

static void
keep_answer(struct probe *p, const struct http_result *result)
{
	long long items = (long long)stream_items(p->stream), ms = (long long)(clock_mono_ms() - p->begun_ms);
	int shown = url_shown(p->pages.url) < URL_SHOWN ? url_shown(p->pages.url) : URL_SHOWN;
	char what[URL_SHOWN + 100];

	snprintf(what, sizeof(what), "%s %.*s: %ld, %lld item%s%s, %lld ms", p->job->job.fetch.method, shown,
	    p->pages.url, result->status, items, items == 1 ? "" : "s", p->enough ? " in the first MiB" : "", ms);
	if (p->unusable == 0)
		keep(p, CHECK_OK, "answered", "%s", what);
	else
		keep(p, CHECK_WARNING, p->first.code, "%s, but %lld of them cannot be used; the first: %s", what,
		    (long long)p->unusable, p->first.text);
}

static void
on_done(void *arg, const struct http_result *result)
{
	struct probe *p = arg;

	if (result->why.kind == ERR_NONE || p->enough)
		keep_answer(p, result);
	else
		keep(p, CHECK_ERROR, result->why.code, "%s", result->why.text);
	p->check->probes.n_running--;
	let_go(p);
}

/* 0, or -1 with e: it cannot be sent. */
static int
start(struct probe *p, struct err *e)
{
	struct http_request request = { .method = p->job->job.fetch.method, .url = p->pages.url };
	struct http_sink sink = { on_restart, on_bytes, on_whole, on_done, NULL, p };

	if (p->job->job.fetch.body.kind != JSON_ABSENT) {
		request.body = p->body.at;
		request.body_len = p->body.len;
	}
	p->begun_ms = clock_mono_ms();
	if (request_auth_read(&p->auth, &p->settings, e) == -1)
		return -1;
	return request_start(p->check->probes.engine, &request, &p->settings, &p->auth, NULL, &sink, &p->transfer, e);
}

/* As many as may be under way at once. 0 or -1. */
static int
start_some(struct probes *all, struct err *e)
{
	struct err why;
	struct probe *p;

	while (all->n_running < BOUND_PROBES && (p = all->next) != NULL) {
		all->next = TAILQ_NEXT(p, entry);
		err_clear(&why);
		if (start(p, &why) == 0) {
			all->n_running++;
			continue;
		}
		if (why.kind != ERR_CONFIG) {
			*e = why;
			return -1;
		}
		keep(p, CHECK_ERROR, "not_asked", "not asked: %s", why.text);
		let_go(p);
	}
	return 0;
}

static int
tell_all(struct check *c, struct err *e)
{
	struct probe *p;

	TAILQ_FOREACH(p, &c->probes.list, entry) {
		struct subject s = { .kind = "job", .name = p->job->name };

		if (p->message == NULL)
			return err_memory(e);
		s.client = p->client;
		s.group = p->group;
		c->summary->probes++;
		tell_probe(c, &s, p->level, p->code, p->message);
	}
	return 0;
}

int
probes_run(struct check *c, struct err *e)
{
	struct probes *all = &c->probes;

	if ((all->next = TAILQ_FIRST(&all->list)) == NULL)
		return 0;
	if (engine_global(e) == -1 || (all->engine = engine_new(c->plan->agent, e)) == NULL)
		return -1;
	while (all->next != NULL || all->n_running > 0) {
		if (*c->plan->signal != 0)
			return 1;
		if (start_some(all, e) == -1 || engine_step(all->engine, STEP_MS, e) == -1)
			return -1;
	}
	return tell_all(c, e);
}
