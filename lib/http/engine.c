#include "http/engine.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "http/fault.h"
#include "http/offline.h"
#include "http/queue.h"
#include "http/reach.h"

/* A signal that comes just before the wait begins cannot end it: so no wait is long. */
#define WAIT_MOST_MS 250

struct engine *
engine_new(const char *agent, struct err *e)
{
	struct engine *engine = calloc(1, sizeof(*engine));

	if (engine == NULL)
		goto fail;
	TAILQ_INIT(&engine->queued);
	TAILQ_INIT(&engine->running);
	TAILQ_INIT(&engine->over);
	pace_init(&engine->pace);
	breakers_init(&engine->breakers);
	engine->left_ms = clock_mono_ms();
	if ((engine->agent = strdup(agent)) == NULL || (engine->multi = curl_multi_init()) == NULL ||
	    curl_multi_setopt(engine->multi, CURLMOPT_MAXCONNECTS, (long)BOUND_PARALLEL) != CURLM_OK)
		goto fail;
	return engine;
fail:
	err_memory(e);
	engine_free(engine);
	return NULL;
}

struct engine *
engine_new_offline(const struct offline *offline, struct err *e)
{
	struct engine *engine = engine_new("", e);

	if (engine != NULL)
		engine->offline = offline;
	return engine;
}

void
engine_watch_hosts(struct engine *engine, const struct engine_hosts *hosts)
{
	engine->hosts = *hosts;
}

/* The handle goes back to the others; the answer's headers go with it. */
static void
release_handle(struct transfer *t)
{
	struct engine *engine = t->engine;
	CURL *easy = t->attempt.easy;

	if (easy == NULL)
		return;
	t->attempt.easy = NULL;
	curl_easy_reset(easy);
	if (engine->n_spare < BOUND_PARALLEL)
		engine->spare[engine->n_spare++] = easy;
	else
		curl_easy_cleanup(easy);
}

void
engine_free(struct engine *engine)
{
	struct transfer_list *lists[3];
	struct transfer *t;
	size_t i;

	if (engine == NULL)
		return;
	lists[0] = &engine->queued;
	lists[1] = &engine->running;
	lists[2] = &engine->over;
	for (i = 0; i < 3; i++)
		while ((t = TAILQ_FIRST(lists[i])) != NULL) {
			queue_leave(t);
			release_handle(t);
			transfer_free(t);
		}
	while (engine->n_spare > 0)
		curl_easy_cleanup(engine->spare[--engine->n_spare]);
	curl_multi_cleanup(engine->multi);
	pace_release(&engine->pace);
	breakers_release(&engine->breakers);
	free(engine->agent);
	free(engine);
}

int
engine_start(struct engine *engine, const struct http_request *request, const struct http_sink *sink,
    struct transfer **out, struct err *e)
{
	struct transfer *t =
	    transfer_new(request, sink, &engine->pace, engine->hosts.changed != NULL ? &engine->breakers : NULL, e);

	if (t == NULL)
		return -1;
	t->engine = engine;
	t->attempt.agent = engine->agent;
	t->attempt.meter = &engine->meter;
	engine->active++;
	queue_wait(t, clock_mono_ms());
	*out = t;
	return 0;
}

size_t
engine_active(const struct engine *engine)
{
	return engine->active;
}

/* Tells the sink, and that is the end of it. The transfer is in no list. */
static void
end(struct transfer *t)
{
	t->state = TRANSFER_GONE;
	t->engine->active--;
	t->sink.done(t->sink.arg, &t->result);
	release_handle(t);
	transfer_free(t);
}

void
engine_stop(struct transfer *t)
{
	if (t->state == TRANSFER_GONE)
		return;
	t->stop = true;
	if (t->engine->performing || t->in_sink) {
		t->engine->stops = true;
		return;
	}
	queue_leave(t);
	transfer_stopped(t);
	end(t);
}

/* An attempt, or one hop of it, goes to libcurl. */
static void
begin(struct transfer *t)
{
	struct engine *engine = t->engine;
	struct attempt *a = &t->attempt;
	CURL *easy;

	if (t->hop == NULL) {
		t->made++;
		t->begun_ms = meter_now(&engine->meter);
	}
	t->result.requests++;
	a->url = t->hop != NULL ? t->hop : t->url;
	if (engine->offline != NULL) {
		offline_attempt(engine->offline, a);
		queue_over(t, a->outcome);
		return;
	}
	easy = engine->n_spare > 0 ? engine->spare[--engine->n_spare] : curl_easy_init();
	if (easy == NULL) {
		err_memory(&a->why);
	} else if (attempt_begin(a, easy, &a->why) == 0) {
		if (curl_easy_setopt(easy, CURLOPT_PRIVATE, t) == CURLE_OK &&
		    curl_multi_add_handle(engine->multi, easy) == CURLM_OK) {
			TAILQ_REMOVE(&engine->queued, t, entry);
			t->state = TRANSFER_RUNNING;
			TAILQ_INSERT_TAIL(&engine->running, t, entry);
			return;
		}
		err_memory(&a->why);
	}
	queue_over(t, OUTCOME_LOCAL);
}

/* Begins what is due, no faster than its origin's pace. */
static void
begin_due(struct engine *engine)
{
	int64_t now_us = clock_mono_us(), slot;
	struct transfer *t;

	while ((t = TAILQ_FIRST(&engine->queued)) != NULL && t->due_ms <= now_us / 1000) {
		if (!queue_may_go(t))
			continue;
		if (!t->slotted && offline_in_time(engine->offline)) {
			t->slotted = true;
			slot = transfer_slot(t, engine->offline, now_us);
			if (slot > now_us) {
				queue_leave(t);
				queue_wait(t, (slot + 999) / 1000);
				continue;
			}
		}
		t->slotted = false;
		begin(t);
	}
}

/* Attempts that libcurl says have ended. */
static void
collect(struct engine *engine)
{
	struct transfer *t;
	CURLMsg *message;
	CURLcode rc;
	char *owner;
	int left;

	while ((message = curl_multi_info_read(engine->multi, &left)) != NULL) {
		rc = message->data.result;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
		t = (struct transfer *)(void *)owner;
		attempt_finish(&t->attempt, rc);
		queue_over(t, t->attempt.outcome);
	}
}

/* Attempts that are over their time, and transfers that were stopped while libcurl was at work. */
static void
sweep(struct engine *engine)
{
	struct transfer *t, *next;

	engine->deadline_ms = INT64_MAX;
	TAILQ_FOREACH_SAFE(t, &engine->running, entry, next) {
		if (t->stop)
			queue_over(t, OUTCOME_STOPPED);
		else if (attempt_overdue(&t->attempt))
			queue_over(t, t->attempt.outcome);
		else if (attempt_deadline(&t->attempt) < engine->deadline_ms)
			engine->deadline_ms = attempt_deadline(&t->attempt);
	}
	if (!engine->stops)
		return;
	engine->stops = false;
	TAILQ_FOREACH_SAFE(t, &engine->queued, entry, next)
		if (t->stop)
			queue_over(t, OUTCOME_STOPPED);
}

/* Judges all attempts that have ended. Sinks may start and stop any transfer meanwhile. */
static void
judge(struct engine *engine)
{
	int64_t begun = clock_mono_ms(), now_ms = meter_now(&engine->meter), wait_ms = 0;
	enum verdict_next next;
	struct transfer *t;

	while ((t = TAILQ_FIRST(&engine->over)) != NULL) {
		engine->judged++;
		if (t->host != NULL) {
			/* Not what the clock shows by now: the sinks' time is taken out of it at the end. */
			reach_note(t, now_ms, &engine->running, &engine->hosts);
			queue_turn_away(engine, t->host);
		}
		next = transfer_judge(t, &wait_ms);
		queue_leave(t);
		if (t->stop) {
			transfer_stopped(t);
			next = NEXT_END;
		}
		if (next == NEXT_END) {
			end(t);
			continue;
		}
		release_handle(t);
		queue_wait(t, clock_mono_ms() + (next == NEXT_AGAIN && offline_in_time(engine->offline) ? wait_ms : 0));
	}
	engine->meter.away_ms += clock_mono_ms() - begun;
}

/* Everything that can be done without waiting. 0 or -1 with e. */
static int
turn(struct engine *engine, struct err *e)
{
	CURLMcode rc;
	int running;

	engine->performing = true;
	begin_due(engine);
	rc = curl_multi_perform(engine->multi, &running);
	engine->performing = false;
	if (rc != CURLM_OK)
		return fault_multi(rc, e);
	collect(engine);
	sweep(engine);
	judge(engine);
	return 0;
}

/* Waits for the network, but no longer than until the next thing is due. 0 or -1 with e. */
static int
wait_for_network(struct engine *engine, int64_t wait_ms, struct err *e)
{
	const struct transfer *first = TAILQ_FIRST(&engine->queued);
	int64_t now = clock_mono_ms();
	CURLMcode rc;

	if (wait_ms > WAIT_MOST_MS)
		wait_ms = WAIT_MOST_MS;
	if (first != NULL && first->due_ms - now < wait_ms)
		wait_ms = first->due_ms - now;
	if (engine->deadline_ms - meter_now(&engine->meter) < wait_ms)
		wait_ms = engine->deadline_ms - meter_now(&engine->meter);
	if (wait_ms < 0)
		wait_ms = 0;
	rc = curl_multi_poll(engine->multi, NULL, 0, (int)wait_ms, NULL);
	return rc == CURLM_OK ? 0 : fault_multi(rc, e);
}

int64_t
engine_heard_ms(const struct engine *engine)
{
	return engine->heard_ms;
}

int
engine_step(struct engine *engine, int64_t wait_ms, struct err *e)
{
	int rc;

	engine->meter.away_ms += clock_mono_ms() - engine->left_ms;
	engine->meter.bytes = 0;
	engine->judged = 0;
	rc = turn(engine, e);
	if (rc == 0 && wait_ms > 0 && offline_in_time(engine->offline) && engine->meter.bytes == 0 &&
	    engine->judged == 0 && (rc = wait_for_network(engine, wait_ms, e)) == 0)
		rc = turn(engine, e);
	engine->left_ms = clock_mono_ms();
	if (engine->meter.bytes > 0 || engine->judged > 0)
		engine->heard_ms = engine->left_ms;
	return rc;
}
