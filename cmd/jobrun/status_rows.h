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

/* All that is known of either, as programs get it. */
extern const struct table_column status_columns[];

/* Of that for people: a line a job; a line a client (its first column is the job), or for what is wrong with a job. */
extern const struct table_view status_of_jobs[];
extern const struct table_view status_of_clients[];

/* One row. With the words for people unless --json is given. */
void status_add(const struct app *app, struct table *t, const struct status_line *line, int64_t now_ms);

#endif
