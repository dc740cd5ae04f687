/*
 * Between the files of job: its large keys. Not for other modules.
 */
#ifndef CONFIG_JOB_PARTS_H
#define CONFIG_JOB_PARTS_H

#include "config/field.h"
#include "config/job.h"

/* Readers of the keys Fetch, Fetch.Pages and Ack; into is a struct job. */
int job_read_fetch(void *into, const struct field *f, struct err *e);
int job_read_pages(void *into, const struct field *f, struct err *e);
int job_read_ack(void *into, const struct field *f, struct err *e);

/* What an ack says unless Body says otherwise; static. */
struct json_value job_default_ack_body(void);

/* Once all is read: gives what is absent its default. 0 or -1. */
int job_finish_fetch(struct job *job, struct err *e);
int job_finish_ack(struct job *job, struct err *e);

#endif
