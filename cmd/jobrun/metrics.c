#include "metrics.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <curl/curl.h>
#include <sqlite3.h>

#include "base/clock.h"
#include "file.h"
#include "report/metrics.h"
#include "store/catalog.h"

/* 100,000 clients, some twenty lines each. */
#define METRICS_MOST (256U * 1024 * 1024)

/* The text for one job type, or with 0 for all; released by the caller in either case. 0 or -1. */
static int
collect(struct app *app, int64_t job, struct buf *text, struct err *e)
{
	struct metrics_build build = { JOBRUN_VERSION, sqlite3_libversion(),
		curl_version_info(CURLVERSION_NOW)->version };
	struct metrics metrics = { .finished = NULL };
	int ret;

	buf_init(text, METRICS_MOST);
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

static int
write_all(int fd, const struct buf *text)
{
	size_t done;
	ssize_t n;

	for (done = 0; done < text->len; done += (size_t)n)
		if ((n = write(fd, text->at + done, text->len - done)) <= 0)
			return -1;
	return 0;
}

/* Beside it first, where the collector does not look; nothing of anybody else's is written through, or over. */
static int
replace(const char *path, const struct buf *text, struct err *e)
{
	char part[4096];
	int fd, ret = -1;

	if ((size_t)snprintf(part, sizeof(part), "%s.tmp.%ld", path, (long)getpid()) >= sizeof(part))
		return err_set(e, ERR_INPUT, "metrics", "its name is longer than %zu bytes", sizeof(part) - 1);
	/* Of a process that had our number and was killed. */
	(void)unlink(part);
	if ((fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644)) == -1)
		return err_sys(e, ERR_INPUT, "metrics", "cannot create %s", part);
	/* The collector is another user. */
	if (fchmod(fd, 0644) == -1 || write_all(fd, text) == -1)
		err_sys(e, ERR_INPUT, "metrics", "cannot write %s", part);
	else if (rename(part, path) == -1)
		err_sys(e, ERR_INPUT, "metrics", "cannot replace %s", path);
	else
		ret = 0;
	close(fd);
	if (ret == -1)
		(void)unlink(part);
	return ret;
}

void
metrics_file(struct app *app, const char *path)
{
	struct event ev = { .kind = EVENT_WARNING };
	struct err why = ERR_INIT;
	struct buf text;

	if (collect(app, 0, &text, &why) == -1 || replace(path, &text, &why) == -1) {
		err_prefix(&why, "the metrics were not written: ");
		ev.message = why.text;
		log_event(&app->log, &ev);
	}
	buf_release(&text);
}
