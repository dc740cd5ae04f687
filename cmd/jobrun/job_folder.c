#include "app.h"

int
verb_job_new(struct app *app, int *status, struct err *e)
{
	(void)app;
	(void)status;
	return err_set(e, ERR_INTERNAL, "absent", "not there yet");
}

int
verb_job_export(struct app *app, int *status, struct err *e)
{
	(void)app;
	(void)status;
	return err_set(e, ERR_INTERNAL, "absent", "not there yet");
}
