#include "metrics.h"

#include <stdio.h>

#include <curl/curl.h>
#include <sqlite3.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/disk.h"
#include "report/metrics.h"
#include "store/catalog.h"
#include "words.h"

/* The text for one job type, or with 0 for all; released by the caller in either case. 0 or -1. */
static int
collect(struct app *app, int64_t job, struct buf *text, struct err *e)
{
	struct metrics_build build = { JOBRUN_VERSION, sqlite3_libversion(),
		curl_version_info(CURLVERSION_NOW)->version };
	struct metrics metrics = { .finished = NULL };
	int ret;

	buf_init(text, BOUND_OUTPUT_BYTES);
	ret = metrics_read(&metrics, &app->db, job, clock_utc_ms(), e);
	if (ret == 0 && metrics_text(&metrics, &build, text) == -1)
		ret = err_memory(e);
	metrics_release(&metrics);
	return ret;
}

int
verb_metrics(struct app *app, int *status, struct err *e)
{
	struct catalog_job job = { 0 };
	struct buf text = { .at = NULL };
	int ret = -1;

	(void)status;
	if (job_option(app, NULL, &job, e) == 0 && (ret = collect(app, job.type, &text, e)) == 0)
		fputs(buf_text(&text), stdout);
	buf_release(&text);
	catalog_job_release(&job);
	return ret;
}

void
metrics_file(struct app *app, const char *path)
{
	struct event ev = { .kind = EVENT_UNTOLD };
	struct err why = ERR_INIT;
	struct buf text;

	/* The collector is another user, and reads at any time. */
	if (collect(app, 0, &text, &why) == -1 || disk_write(path, buf_text(&text), text.len, true, 0644, &why) == -1) {
		err_prefix(&why, "the metrics were not written: ");
		ev.message = why.text;
		log_event(&app->log, &ev);
	}
	buf_release(&text);
}
