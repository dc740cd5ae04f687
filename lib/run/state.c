#include "run/state.h"

#include "base/clock.h"

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
run_told_to_end(const struct run *run)
{
	const struct run_request *request = run->request;

	return *request->signal != 0 ||
	    (request->max_time_ms > 0 && clock_mono_ms() - run->begun_mono_ms >= request->max_time_ms);
}

bool
run_stopping(const struct run *run)
{
	return run->stop_at_ms != 0;
}
