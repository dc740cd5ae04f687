#include <string.h>

#include "base/bounds.h"
#include "config/job_parts.h"
#include "config/template.h"

static const char default_body[] = "{ \"clientId\": \"{ClientId}\", \"groupId\": \"{GroupId}\", \"ids\": \"{Ids}\" }";

struct json_value
job_default_ack_body(void)
{
	return json_value_of(default_body, sizeof(default_body) - 1);
}

static int
read_method(void *into, const struct field *f, struct err *e)
{
	static const char *const methods[] = { "POST", "PUT", "PATCH", "DELETE" };
	struct job *job = into;
	size_t i;

	if (field_choice(f, methods, sizeof(methods) / sizeof(methods[0]), &i, e) == -1)
		return -1;
	return field_default(&job->ack.method, methods[i], e);
}

static int
read_path(void *into, const struct field *f, struct err *e)
{
	struct job *job = into;

	if (field_line(f, BOUND_URL, &job->ack.path, e) == -1)
		return -1;
	/* A query is fine here, since an ack has no key for one. */
	if (strchr(job->ack.path, '#') != NULL)
		return field_fault(f, e, "holds a #, which is never sent; remove it");
	if (template_has(job->ack.path, strlen(job->ack.path), "Ids"))
		return field_fault(f, e,
		    "{Ids} is an array, which cannot stand in a path; put it into Body, or give Batch 1 and {Id}");
	return 0;
}

/* null: none at all. */
static int
read_body(void *into, const struct field *f, struct err *e)
{
	struct job *job = into;

	(void)e;
	job->ack.body = f->value.kind == JSON_NULL ? (struct json_value){ JSON_ABSENT, NULL, 0 } : f->value;
	return 0;
}

static int
read_batch(void *into, const struct field *f, struct err *e)
{
	return field_int(f, 1, BOUND_ACK_BATCH, &((struct job *)into)->ack.batch, e);
}

static int
read_rejected(void *into, const struct field *f, struct err *e)
{
	struct job *job = into;

	job->ack.has_rejected = true;
	return field_pointer(f, &job->ack.rejected, e);
}

/* An ack that does not say which items it is for would acknowledge none, or all. */
static int
check_names_items(const struct job *job, const struct field *ack, struct err *e)
{
	bool id_in_path = template_has(job->ack.path, strlen(job->ack.path), "Id");
	bool id_in_body = template_body_has(job->ack.body, "Id");
	bool ids_in_body = template_body_has(job->ack.body, "Ids");
	struct field key = field_below(ack, "Ack", id_in_path ? "Path" : "Body");

	if (job->ack.batch == 1) {
		if (id_in_path || id_in_body || ids_in_body)
			return 0;
		return field_fault(ack, e, "does not say which item it is for; put {Id} into Ack.Path or Ack.Body");
	}
	if (id_in_path || id_in_body)
		return field_fault(&key, e, "{Id} is known with \"Batch\": 1 alone, found Batch %lld%s",
		    (long long)job->ack.batch, id_in_path ? "" : "; {Ids} is the array of ids");
	if (!ids_in_body)
		return field_fault(
		    &key, e, "does not say which items it is for; put {Ids} into it, or give \"Batch\": 1 and {Id}");
	return 0;
}

int
job_read_ack(void *into, const struct field *f, struct err *e)
{
	static const struct field_row rows[] = {
		{ "Method", read_method, false },
		{ "Path", read_path, false },
		{ "Body", read_body, true },
		{ "Batch", read_batch, false },
		{ "Rejected", read_rejected, false },
	};
	struct job *job = into;

	if (f->value.kind == JSON_NULL) {
		job->ack.wanted = false;
		return 0;
	}
	/* Judged together only when each is fine alone. */
	return field_object(f, rows, sizeof(rows) / sizeof(rows[0]), into, e) == 0 && job_finish_ack(job, e) == 0
	    ? check_names_items(job, f, e)
	    : -1;
}

int
job_finish_ack(struct job *job, struct err *e)
{
	if (field_default(&job->ack.method, "POST", e) == -1)
		return -1;
	return field_default(&job->ack.path, "{Route}/ack", e);
}
