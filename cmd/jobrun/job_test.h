/*
 * A job's tests, run and told.
 */
#ifndef CMD_JOB_TEST_H
#define CMD_JOB_TEST_H

#include "app.h"
#include "trial/trial.h"

enum { JOB_TEST_ALL, JOB_TEST_FAILURES };

/*
 * Runs them: on standard output a line for each case and what differs; or, with JOB_TEST_FAILURES, on standard error
 * what failed. As trial_run(): 0, also when some fail; 1 a signal ended it early; -1.
 */
int job_test_run(struct app *app, struct trial_plan *plan, int told, struct trial_count *count, struct err *e);

#endif
