/*
 * What `status` shows of a job and of a client, as rows of its tables.
 */
#ifndef CMD_STATUS_ROWS_H
#define CMD_STATUS_ROWS_H

#include "app.h"
#include "report/table.h"
#include "run/overview.h"
#include "run/trouble.h"

/* A client that is to be shown, or with client NULL the job itself. Borrowed from the overview. */
struct status_line {
	const struct overview_job *job;
	const struct overview_client *client;
	enum trouble trouble;
};

/* A line a job. */
extern const struct table_column status_job_columns[];
void status_add_job(const struct app *app, struct table *t, const struct overview_job *job, int64_t now_ms);

/* A line a client, or for what is wrong with a job itself. status_columns + 1, without the job's name, will do, too. */
extern const struct table_column status_columns[];
void status_add_line(const struct app *app, struct table *t, const struct status_line *line, int64_t now_ms);

/* All that is known of either, for programs. */
extern const struct table_column status_json_columns[];
void status_add_json(const struct app *app, struct table *t, const struct status_line *line, int64_t now_ms);

#endif
