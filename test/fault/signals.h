/*
 * Signals at the named points of points.c: JOBRUN_SIGNAL_AT=before_db_commit:3=TERM raises it at the third call of
 * db_commit, and goes on; TERM+INT raises one behind the other. Standard error says so, for whoever must know it.
 */
#ifndef FAULT_SIGNALS_H
#define FAULT_SIGNALS_H

/* here: "before_db_commit:3". */
void signals_at(const char *here);

#endif
