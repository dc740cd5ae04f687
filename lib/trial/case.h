/*
 * One case of a job's tests: its files, the run over them, and what came out.
 */
#ifndef TRIAL_CASE_H
#define TRIAL_CASE_H

#include "base/buf.h"
#include "base/err.h"
#include "store/model.h"
#include "trial/trial.h"

/*
 * Runs the case in this folder, in a fresh copy of the model's tables, which has the job installed, and appends what
 * came out. 0, or -1: what is wrong with the case.
 */
int case_run(const struct trial_plan *plan, struct model *m, const char *folder, struct buf *out, struct err *e);

#endif
