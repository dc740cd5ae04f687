#include "check/check.h"

#include "check/database.h"
#include "check/inside.h"
#include "check/targets.h"

static int
look_at_all(struct check *c, struct err *e)
{
	bool all = c->plan->job_type == 0;

	if (systems_load(c, e) == -1 || jobs_load(c, e) == -1 || keyring_load(c, e) == -1)
		return -1;
	if (all && database_check(c, e) == -1)
		return -1;
	/* The jobs first: they know which systems are used. */
	if (jobs_check(c, e) == -1 || systems_check(c, e) == -1 || keyring_check(c, e) == -1)
		return -1;
	if (all && targets_for_all(c, e) == -1)
		return -1;
	return probes_run(c, e);
}

int
check_all(const struct check_plan *plan, struct check_summary *summary, struct err *e)
{
	struct check c = { .plan = plan, .summary = summary };
	int ret;

	*summary = (struct check_summary){ 0 };
	looked_init(&c.looked);
	probes_init(&c.probes);
	ret = look_at_all(&c, e);
	probes_release(&c.probes);
	keyring_release(&c.keyring);
	jobs_release(&c.jobs);
	systems_release(&c.systems);
	looked_release(&c.looked);
	return ret;
}
