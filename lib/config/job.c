#include "config/job.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "config/field.h"
#include "config/job_parts.h"
#include "config/settings_parts.h"

/* A name is typed on command lines and in crontabs. */
#define NAME_BYTES 64
/* What file systems allow. */
#define FILE_NAME_BYTES 255
#define SYSTEM_BYTES 200

/* Positive and 31 bits, as other programs store it. */
static int
read_type(void *into, const struct field *f, struct err *e)
{
	return field_int(f, 1, INT32_MAX, &((struct job *)into)->type, e);
}

/* It begins with a letter, so that no name reads as a number or an option. */
static int
read_name(void *into, const struct field *f, struct err *e)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	static const char word[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	struct job *job = into;

	if (field_line(f, NAME_BYTES, &job->name, e) == -1)
		return -1;
	if (strspn(job->name, letters) > 0 && job->name[strspn(job->name, word)] == '\0')
		return 0;
	return field_fault(
	    f, e, "give a word that begins with a letter, of letters, digits, _ and -, found %s", job->name);
}

static int
read_description(void *into, const struct field *f, struct err *e)
{
	return field_text(f, &((struct job *)into)->description, e);
}

static int
read_system(void *into, const struct field *f, struct err *e)
{
	return field_line(f, SYSTEM_BYTES, &((struct job *)into)->system, e);
}

/* Beside job.json, so that a job stays one folder. */
static int
read_rules(void *into, const struct field *f, struct err *e)
{
	struct job *job = into;

	if (field_line(f, FILE_NAME_BYTES, &job->rules, e) == -1)
		return -1;
	if (strchr(job->rules, '/') == NULL && strcmp(job->rules, ".") != 0 && strcmp(job->rules, "..") != 0)
		return 0;
	return field_fault(f, e, "give the name of a file beside job.json, without a slash, found %s", job->rules);
}

static int
read_parallel(void *into, const struct field *f, struct err *e)
{
	return field_int(f, 1, BOUND_PARALLEL, &((struct job *)into)->parallel, e);
}

static int
read_max_attempts(void *into, const struct field *f, struct err *e)
{
	return field_int(f, 1, 1000, &((struct job *)into)->max_attempts, e);
}

static int
read_rule_timeout(void *into, const struct field *f, struct err *e)
{
	return field_seconds(f, 1, 3600, "seconds, from 1 to 3600", &((struct job *)into)->rule_timeout_ms, e);
}

static int
read_consecutive_failures(void *into, const struct field *f, struct err *e)
{
	return field_int(f, 1, 1000000, &((struct job *)into)->alerts.consecutive_failures, e);
}

static int
read_min_processed_ratio(void *into, const struct field *f, struct err *e)
{
	return field_number(f, 0, 1, "a number from 0 to 1", &((struct job *)into)->alerts.min_processed_ratio, e);
}

/* Ten years at the most, as for any duration. */
static int
read_remind_after(void *into, const struct field *f, struct err *e)
{
	return field_int(f, 0, 5256000, &((struct job *)into)->alerts.remind_after, e);
}

static int
read_alerts(void *into, const struct field *f, struct err *e)
{
	static const struct field_row rows[] = {
		{ "ConsecutiveFailures", read_consecutive_failures, false },
		{ "MinProcessedRatio", read_min_processed_ratio, false },
		{ "RemindAfter", read_remind_after, false },
	};

	return field_object(f, rows, sizeof(rows) / sizeof(rows[0]), into, e);
}

/* null: nobody, also if there is one for all. */
static int
read_notify(void *into, const struct field *f, struct err *e)
{
	struct job *job = into;

	job->notify.given = true;
	return f->value.kind == JSON_NULL ? 0 : notify_config_read(&job->notify.config, f, e);
}

static int
read_ping(void *into, const struct field *f, struct err *e)
{
	return notify_ping_read(&((struct job *)into)->ping, f, e);
}

static const struct field_row root_rows[] = {
	{ "JobType", read_type, false },
	{ "Name", read_name, false },
	{ "Description", read_description, false },
	{ "System", read_system, false },
	{ "Fetch", job_read_fetch, false },
	{ "Rules", read_rules, false },
	{ "Ack", job_read_ack, true },
	{ "MaxDegreeOfParallelism", read_parallel, false },
	{ "MaxAttempts", read_max_attempts, false },
	{ "RuleTimeout", read_rule_timeout, false },
	{ "Alerts", read_alerts, false },
	{ "Notify", read_notify, true },
	{ "Ping", read_ping, false },
};

#define N_ROOT_ROWS (sizeof(root_rows) / sizeof(root_rows[0]))

/* Seen last, when all is read. */
static int
check_missing(const struct field *root, const struct json_members *members, struct err *e)
{
	static const struct {
		const char *name, *hint;
	} needed[] = {
		{ "JobType", "the job type's number" },
		{ "Name", "the job type's name" },
		{ "Rules", "the name of the rules file, such as rules.sql" },
	};
	struct field key;
	size_t i;
	int ret = 0;

	for (i = 0; i < sizeof(needed) / sizeof(needed[0]) && field_goes_on(root, ret, e); i++) {
		key = field_below(root, "", needed[i].name);
		if (field_is_missing(members, key.name))
			ret = field_fault(&key, e, "missing; give %s", needed[i].hint);
	}
	return ret;
}

/* The settings among the members are checked here, and read again for each client. */
static int
read_root(struct job *job, const struct field *root, struct err *e)
{
	const char *const *also;
	struct json_members members = { 0 };
	struct settings s;
	size_t n_also;
	int ret;

	settings_init(&s);
	also = settings_keys(&n_also);
	ret = field_members(root, &members, e);
	if (field_goes_on(root, ret, e))
		ret |= field_known(root, &members, root_rows, N_ROOT_ROWS, also, n_also, e);
	if (field_goes_on(root, ret, e))
		ret |= field_rows(root, &members, root_rows, N_ROOT_ROWS, job, e);
	if (field_goes_on(root, ret, e))
		ret |= settings_apply_at(&s, root, &members, LEVEL_JOB, e);
	if (field_goes_on(root, ret, e))
		ret |= check_missing(root, &members, e);
	settings_release(&s);
	json_members_release(&members);
	return ret;
}

/* What is absent gets its default. */
static int
finish(struct job *job, struct err *e)
{
	return field_default(&job->description, "", e) == -1 || job_finish_fetch(job, e) == -1 ||
	        job_finish_ack(job, e) == -1
	    ? -1
	    : 0;
}

/* Errors of JSON name the file, since they have no key; those of keys begin with the key. */
static int
read_document(struct job *job, size_t len, struct field *root, struct err *e)
{
	if (json_strip_comments(job->text, len, e) == -1 || json_check(job->text, len, &root->value, e) == -1) {
		err_prefix(e, "job.json: ");
		return field_note(root, e);
	}
	if (root->value.kind != JSON_OBJECT)
		return field_wrong(root, "an object", e);
	job->root = root->value;
	return field_unique(root, e);
}

static int
read_job(struct job *job, const char *text, size_t len, struct field *root, struct err *e)
{
	int ret;

	/* Before it is copied; the comments count too. */
	if (len > BOUND_CONFIG_BYTES) {
		err_set(e, ERR_CONFIG, "config", "job.json: is %zu bytes long; at most %u are allowed", len,
		    BOUND_CONFIG_BYTES);
		return field_note(root, e);
	}
	if ((job->text = malloc(len + 1)) == NULL)
		return err_memory(e);
	/* A copy of its own: comments are blanked in it, and the job's values go on pointing into it. */
	memcpy(job->text, text, len);
	job->text[len] = '\0';
	ret = read_document(job, len, root, e);
	/* What is no object has no members, and no other fault. */
	if (field_goes_on(root, ret, e) && root->value.kind == JSON_OBJECT)
		ret |= read_root(job, root, e);
	if (field_goes_on(root, ret, e))
		ret |= finish(job, e);
	return ret;
}

int
job_parse_all(struct job *job, const char *text, size_t len, struct faults *faults, struct err *e)
{
	struct field root = { "", "", "", { JSON_ABSENT, NULL, 0 }, faults };

	*job = (struct job){
		.ack = { .wanted = true, .body = job_default_ack_body(), .batch = 500 },
		.parallel = BOUND_PARALLEL_DEFAULT,
		.max_attempts = 5,
		.rule_timeout_ms = 5000,
		.alerts = { .consecutive_failures = 3, .min_processed_ratio = 0.95, .remind_after = 1440 },
	};
	return read_job(job, text, len, &root, e);
}

int
job_parse(struct job *job, const char *text, size_t len, struct err *e)
{
	int ret = job_parse_all(job, text, len, NULL, e);

	if (ret == -1)
		job_release(job);
	return ret;
}

int
job_try(struct job *job, const char *text, size_t len, struct err *e)
{
	struct err why = ERR_INIT;

	if (job_parse(job, text, len, &why) == 0)
		return 1;
	if (why.kind == ERR_CONFIG)
		return 0;
	*e = why;
	return -1;
}

static void
release_fetch(struct job *job)
{
	size_t i;

	for (i = 0; i < job->fetch.n_query; i++) {
		free(job->fetch.query[i].name);
		free(job->fetch.query[i].value);
	}
	free(job->fetch.query);
	free(job->fetch.method);
	free(job->fetch.path);
	json_pointer_release(&job->fetch.items);
	json_pointer_release(&job->fetch.item_id);
	json_pointer_release(&job->fetch.item_version);
	json_pointer_release(&job->fetch.pages.pointer);
	free(job->fetch.pages.param);
	free(job->fetch.pages.limit);
}

void
job_release(struct job *job)
{
	release_fetch(job);
	free(job->ack.method);
	free(job->ack.path);
	json_pointer_release(&job->ack.rejected);
	free(job->name);
	free(job->description);
	free(job->system);
	free(job->rules);
	notify_config_release(&job->notify.config);
	notify_target_release(&job->ping);
	free(job->text);
	*job = (struct job){ 0 };
}
