#include "run/state.h"

int
run_fatal(struct run *run, const struct err *why)
{
	if (run->fatal.kind == ERR_NONE)
		run->fatal = *why;
	return -1;
}

void
run_tell(const struct run *run, const struct event *ev)
{
	run->request->events.event(run->request->events.arg, ev);
}

bool
run_stopping(const struct run *run)
{
	return run->stop_at_ms != 0;
}
