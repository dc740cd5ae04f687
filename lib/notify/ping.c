#include "notify/ping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "http/url.h"
#include "notify/round.h"

int
ping_url(struct buf *url, enum ping what, int status, const char *rid)
{
	char tail[16] = "", *whole;
	struct buf longer;
	size_t path;
	int ret = -1;

	if (what == PING_START)
		snprintf(tail, sizeof(tail), "/start");
	else if (status != 0)
		snprintf(tail, sizeof(tail), "/%d", status);
	if ((whole = url_with(buf_text(url), "rid", rid)) == NULL)
		return -1;
	path = strcspn(whole, "?");
	buf_init(&longer, BOUND_URL);
	if (buf_add(&longer, whole, tail[0] != '\0' && whole[path - 1] == '/' ? path - 1 : path) == 0 &&
	    buf_adds(&longer, tail) == 0 && buf_adds(&longer, whole + path) == 0) {
		buf_clear(url);
		ret = buf_add(url, longer.at, longer.len);
	}
	buf_wipe(&longer);
	explicit_bzero(whole, strlen(whole));
	free(whole);
	return ret;
}

static int
prepare(struct delivery *d, enum ping what, int status, const char *text, const char *rid, struct err *e)
{
	d->type = "text/plain; charset=utf-8";
	if (notify_target_url(d->target, &d->url, e) == -1)
		return -1;
	if (buf_adds(&d->text, text) == -1)
		return err_memory(e);
	if (ping_url(&d->url, what, status, rid) == 0)
		return 0;
	return d->url.short_of_memory
	    ? err_memory(e)
	    : err_set(e, ERR_CONFIG, "url_invalid", "the URL is longer than %d bytes", BOUND_URL);
}

void
notify_ping(const struct notify_target *target, enum ping what, int status, const char *text, const char *rid,
    const struct notify_from *from, const struct notify_sink *sink)
{
	struct err e = ERR_INIT;
	struct delivery *d;
	struct round round;

	if (round_init(&round, from, sink, &e) == -1) {
		sink->over(sink->arg, target->name, &e);
	} else if ((d = round_add(&round, target)) != NULL) {
		if (prepare(d, what, status, text, rid, &e) == -1)
			round_over(d, &e);
		round_go(&round, BOUND_PING_MS);
	}
	round_release(&round);
}
