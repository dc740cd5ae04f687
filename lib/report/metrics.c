#include "report/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "report/metrics_parts.h"

struct subjects {
	struct metrics_subject *at; /* the jobs, and then their clients */
	size_t n, jobs;
	struct buf labels; /* of all */
};

/* One that is no UTF-8 would spoil the whole file. */
static int
add_label(struct buf *b, const char *name, const char *text)
{
	size_t len = strlen(text), wide;
	unsigned cp;
	int bad = buf_addf(b, "%s=\"", name);

	for (; len > 0 && bad == 0; text += wide, len -= wide) {
		if ((wide = escape_utf8(text, len, &cp)) == 0) {
			bad = buf_adds(b, "\xef\xbf\xbd");
			wide = 1;
		} else if (*text == '\n') {
			bad = buf_adds(b, "\\n");
		} else if (escape_acts(cp)) {
			/* As in a table: it is seen on a terminal, too. */
			bad = buf_addf(b, cp < 0x80 ? "\\\\x%02x" : "\\\\u{%x}", cp);
		} else {
			bad = (*text == '"' || *text == '\\' ? buf_addc(b, '\\') : 0) | buf_add(b, text, wide);
		}
	}
	return bad == 0 ? buf_addc(b, '"') : -1;
}

static int
add_job_label(struct buf *b, const struct overview_job *job)
{
	char number[32];

	/* No name is a number. */
	snprintf(number, sizeof(number), "%lld", (long long)job->type);
	return add_label(b, "job_name", job->name != NULL ? job->name : number);
}

/*
 * An entry that cannot be used may share its name with one that can, and then nothing else is known of it. Who is
 * configured no more is told of as long as something waits.
 */
static bool
is_told(const struct overview_client *c)
{
	bool waits = c->owed + c->parked + c->failed > 0;

	if (!c->configured)
		return waits;
	return c->problem == NULL || waits || c->last.run != 0;
}

/* Takes over what is set of *s, and writes its labels. */
static int
add_subject(struct subjects *all, const struct metrics_subject *s)
{
	struct metrics_subject *to = &all->at[all->n];

	*to = *s;
	to->labels = all->labels.len;
	if (add_job_label(&all->labels, s->job) == -1 ||
	    (s->client != NULL &&
	        (buf_addc(&all->labels, ',') | add_label(&all->labels, "client", s->client->id) |
	            buf_addc(&all->labels, ',') | add_label(&all->labels, "group", s->client->group)) != 0))
		return -1;
	to->labels_len = all->labels.len - to->labels;
	all->n++;
	return 0;
}

static int
add_job(struct subjects *all, const struct overview_job *job, const struct standing_run *run)
{
	struct metrics_subject s = {
		.job = job,
		.started_at = run->id != 0 ? run->started_at : NULL,
		.status = run->status,
		.last_success_at = job->last_success_at,
		.tally = &run->tally,
		.duration_ms = run->duration_ms,
		.exit_code = run->exit_code,
	};

	return add_subject(all, &s);
}

static int
add_clients(struct subjects *all, const struct overview_job *job)
{
	const struct overview_client *c;

	for (c = job->clients; c < job->clients + job->n; c++) {
		struct metrics_subject s = {
			.job = job,
			.client = c,
			.started_at = c->last.run != 0 ? c->last.started_at : NULL,
			.status = c->last.status,
			.last_success_at = c->last.last_success_at,
			.tally = &c->last.tally,
			.duration_ms = c->last.duration_ms,
			.exit_code = -1,
		};

		if (is_told(c) && add_subject(all, &s) == -1)
			return -1;
	}
	return 0;
}

/* It has no result yet: the run before it counts. */
static bool
is_under_way(const struct overview_job *job)
{
	return job->last.status != NULL && strcmp(job->last.status, "running") == 0;
}

static int
list_subjects(struct subjects *all, const struct metrics *m)
{
	const struct overview_job *job = m->overview.jobs;
	size_t n = m->overview.n, i;

	for (i = 0; i < m->overview.n; i++)
		n += job[i].n;
	if ((all->at = calloc(n + 1, sizeof(*all->at))) == NULL)
		return -1;
	for (i = 0; i < m->overview.n; i++)
		if (add_job(all, job + i, is_under_way(job + i) ? &m->finished[i] : &job[i].last) == -1)
			return -1;
	all->jobs = all->n;
	for (i = 0; i < m->overview.n; i++)
		if (add_clients(all, job + i) == -1)
			return -1;
	return 0;
}

static int
add_head(struct buf *b, const char *name, const char *help)
{
	return buf_addf(b, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* "} 1.250": as many digits as per has. */
static int
add_value(struct buf *b, int64_t value, int64_t per)
{
	char text[64];
	int digits = per == 1000 ? 3 : 6;

	if (per == 1)
		snprintf(text, sizeof(text), "} %lld\n", (long long)value);
	else
		snprintf(
		    text, sizeof(text), "} %lld.%0*lld\n", (long long)(value / per), digits, (long long)(value % per));
	return buf_adds(b, text);
}

/* name{labels} value: the line of one subject, if it has one. */
static int
add_line(struct buf *b, const char *name, const struct metrics_family *f, const struct subjects *all,
    const struct metrics_subject *s)
{
	const char *state = NULL;
	int64_t value = 1;
	size_t i;

	if (f->state != NULL && (state = f->state(s)) == NULL)
		return 0;
	if (f->value != NULL && !f->value(s, &value))
		return 0;
	if (f->book != 0) {
		if (s->started_at == NULL)
			return 0;
		memcpy(&value, (const char *)s->tally + f->book - 1, sizeof(value));
	}
	if (f->count != NULL) {
		value = s->client != NULL ? f->count(s->client) : 0;
		for (i = 0; s->client == NULL && i < s->job->n; i++)
			value += f->count(&s->job->clients[i]);
	}
	if ((buf_adds(b, name) | buf_addc(b, '{') | buf_add(b, all->labels.at + s->labels, s->labels_len)) != 0 ||
	    (state != NULL && (buf_addc(b, ',') | add_label(b, f->state_label, state)) != 0))
		return -1;
	return add_value(b, value, f->per);
}

/* A family that nobody has a line of is left out whole. */
static int
add_family(struct buf *b, const struct metrics_family *f, const struct subjects *all, bool clients)
{
	size_t i = clients ? all->jobs : 0, end = clients ? all->n : all->jobs, head, from = b->len;
	char name[100];

	snprintf(name, sizeof(name), "jobrun_%s_%s", clients ? "client" : "job", f->name);
	if (add_head(b, name, f->help) == -1)
		return -1;
	head = b->len;
	for (; i < end; i++)
		if (add_line(b, name, f, all, &all->at[i]) == -1)
			return -1;
	if (b->len == head)
		b->at[b->len = from] = '\0';
	return 0;
}

static int
add_build(struct buf *b, const struct metrics_build *build)
{
	return add_head(b, "jobrun_build_info", "The jobrun that wrote this, and libraries in use.") |
	    buf_adds(b, "jobrun_build_info{") | add_label(b, "version", build->version) | buf_addc(b, ',') |
	    add_label(b, "sqlite", build->sqlite) | buf_addc(b, ',') | add_label(b, "libcurl", build->curl) |
	    buf_adds(b, "} 1\n");
}

/* "" names no client: the alert is the job's own. */
static int
add_alerts(struct buf *b, const struct alert_list *alerts)
{
	const struct alert *a;
	struct overview_job job;

	if (alerts->n > 0 &&
	    add_head(b, "jobrun_alert_open",
	        "1 for an alert that is open; client and group are empty for a job's own.") == -1)
		return -1;
	for (a = alerts->at; a < alerts->at + alerts->n; a++) {
		job = (struct overview_job){ .type = a->job_type, .name = a->job };
		if ((buf_adds(b, "jobrun_alert_open{") | add_job_label(b, &job) | buf_addc(b, ',') |
		        add_label(b, "client", a->client) | buf_addc(b, ',') | add_label(b, "group", a->group) |
		        buf_addc(b, ',') | add_label(b, "kind", a->kind) | buf_adds(b, "} 1\n")) != 0)
			return -1;
	}
	return 0;
}

int
metrics_text(const struct metrics *m, const struct metrics_build *build, struct buf *b)
{
	struct subjects all = { .n = 0 };
	const struct metrics_family *f;
	int ret = -1;

	buf_init(&all.labels, b->max);
	if (list_subjects(&all, m) == -1 || add_build(b, build) != 0)
		goto out;
	for (f = metrics_families; f->name != NULL; f++)
		if ((f->level & METRICS_JOB) != 0 && add_family(b, f, &all, false) == -1)
			goto out;
	for (f = metrics_families; f->name != NULL; f++)
		if ((f->level & METRICS_CLIENT) != 0 && add_family(b, f, &all, true) == -1)
			goto out;
	ret = add_alerts(b, &m->alerts);
out:
	free(all.at);
	buf_release(&all.labels);
	return ret;
}

static int
read_finished(struct metrics *m, struct db *db, struct err *e)
{
	size_t i;

	if ((m->finished = calloc(m->overview.n + 1, sizeof(*m->finished))) == NULL)
		return err_memory(e);
	for (i = 0; i < m->overview.n; i++)
		if (is_under_way(&m->overview.jobs[i]) &&
		    standing_finished(db, m->overview.jobs[i].type, &m->finished[i], e) == -1)
			return -1;
	return 0;
}

int
metrics_read(struct metrics *m, struct db *db, int64_t job, int64_t now_ms, struct err *e)
{
	size_t i;

	if (overview_read(&m->overview, db, job, now_ms, e) == -1 || read_finished(m, db, e) == -1)
		return -1;
	for (i = 0; i < m->overview.n; i++)
		if (alerts_read_open(db, m->overview.jobs[i].type, &m->alerts, e) == -1)
			return -1;
	return 0;
}

void
metrics_release(struct metrics *m)
{
	size_t i;

	for (i = 0; m->finished != NULL && i < m->overview.n; i++)
		standing_run_release(&m->finished[i]);
	free(m->finished);
	alert_list_release(&m->alerts);
	overview_release(&m->overview);
}
