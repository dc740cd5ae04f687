#include "notify/round.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bounds.h"
#include "base/clock.h"

/* How often commands are looked at: nothing wakes us when one ends. */
#define LOOK_MS 20

int
round_init(struct round *r, const struct notify_from *from, const struct notify_sink *sink, struct err *e)
{
	char agent[64];

	*r = (struct round){ .from = from, .sink = sink };
	STAILQ_INIT(&r->deliveries);
	snprintf(agent, sizeof(agent), "jobrun/%s", from->version);
	return (r->engine = engine_new(agent, e)) != NULL ? 0 : -1;
}

void
round_release(struct round *r)
{
	struct delivery *d;

	engine_free(r->engine);
	while ((d = STAILQ_FIRST(&r->deliveries)) != NULL) {
		STAILQ_REMOVE_HEAD(&r->deliveries, entry);
		command_end(&d->command);
		request_auth_release(&d->auth);
		buf_wipe(&d->url);
		buf_release(&d->text);
		free(d);
	}
}

struct delivery *
round_add(struct round *r, const struct notify_target *target)
{
	struct delivery *d = NULL;
	struct err e = ERR_INIT;

	r->n++;
	if (r->n > BOUND_NOTIFY_AT_ONCE)
		err_set(&e, ERR_CONFIG, "notify", "more than %d targets at once", BOUND_NOTIFY_AT_ONCE);
	else if ((d = calloc(1, sizeof(*d))) == NULL)
		err_memory(&e);
	if (d == NULL) {
		r->sink->over(r->sink->arg, target->name, &e);
		return NULL;
	}
	d->round = r;
	d->target = target;
	buf_init(&d->url, BOUND_URL);
	buf_init(&d->text, BOUND_NOTIFY_BYTES);
	request_auth_init(&d->auth);
	STAILQ_INSERT_TAIL(&r->deliveries, d, entry);
	r->left++;
	return d;
}

void
round_over(struct delivery *d, const struct err *why)
{
	if (d->over)
		return;
	d->over = true;
	d->round->left--;
	d->round->sink->over(d->round->sink->arg, d->target->name, why);
}

/* What an answer says besides its status is nobody's affair. */
static void
on_restart(void *arg)
{
	(void)arg;
}

static int
on_bytes(void *arg, const char *bytes, size_t n, struct err *e)
{
	(void)arg;
	(void)bytes;
	(void)n;
	(void)e;
	return 0;
}

static int
on_whole(void *arg, struct err *e)
{
	(void)arg;
	(void)e;
	return 0;
}

static void
on_done(void *arg, const struct http_result *result)
{
	struct delivery *d = arg;

	d->transfer = NULL;
	if (!d->late)
		round_over(d, result->why.kind != ERR_NONE ? &result->why : NULL);
}

static int
post(struct delivery *d, struct err *e)
{
	struct http_sink sink = { on_restart, on_bytes, on_whole, on_done, NULL, d };
	struct http_header type = { "Content-Type", d->type };
	struct http_request request = {
		.method = "POST",
		.url = buf_text(&d->url),
		.shown = d->target->shown,
		.body = buf_text(&d->text),
		.body_len = d->text.len,
	};

	if (request_auth_read(&d->auth, &d->target->settings, e) == -1)
		return -1;
	return request_start(d->round->engine, &request, &d->target->settings, &d->auth, d->type != NULL ? &type : NULL,
	    &sink, &d->transfer, e);
}

static void
start(struct delivery *d)
{
	struct err e = ERR_INIT;
	int ret;

	if (d->over)
		return;
	if (d->target->url != NULL)
		ret = post(d, &e);
	else
		ret = command_start(
		    &d->command, d->target->command, d->round->from, &d->text, d->target->settings.timeout_ms, &e);
	if (ret == -1)
		round_over(d, &e);
}

/* Whether any command still runs. */
static bool
look_at_commands(struct round *r)
{
	bool running = false;
	struct delivery *d;
	struct err e = ERR_INIT;
	int ret;

	STAILQ_FOREACH(d, &r->deliveries, entry) {
		if (d->over || d->target->command == NULL)
			continue;
		if ((ret = command_look(&d->command, &e)) == 1)
			running = true;
		else
			round_over(d, ret == 0 ? NULL : &e);
	}
	return running;
}

/* Ends what is left. why NULL: it had its time. */
static void
end_all(struct round *r, const struct err *why, int64_t most_ms)
{
	struct err late = ERR_INIT;
	struct delivery *d;

	err_set(&late, ERR_UNAVAILABLE, "timeout", "not done within %g s", (double)most_ms / 1000);
	STAILQ_FOREACH(d, &r->deliveries, entry) {
		if (d->over)
			continue;
		d->late = true;
		command_end(&d->command);
		if (d->transfer != NULL)
			engine_stop(d->transfer);
		round_over(d, why != NULL ? why : &late);
	}
}

void
round_go(struct round *r, int64_t most_ms)
{
	int64_t deadline_ms = clock_mono_ms() + most_ms, wait_ms;
	struct err e = ERR_INIT;
	struct delivery *d;
	bool running;

	STAILQ_FOREACH(d, &r->deliveries, entry)
		start(d);
	for (;;) {
		running = look_at_commands(r);
		wait_ms = deadline_ms - clock_mono_ms();
		if (r->left == 0 || wait_ms <= 0)
			break;
		if (running && wait_ms > LOOK_MS)
			wait_ms = LOOK_MS;
		if (engine_active(r->engine) == 0)
			poll(NULL, 0, (int)wait_ms);
		else if (engine_step(r->engine, wait_ms, &e) == -1)
			break;
	}
	end_all(r, e.kind != ERR_NONE ? &e : NULL, most_ms);
}
