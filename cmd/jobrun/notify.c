#include "app.h"

int
verb_notify_set(struct app *app, int *status, struct err *e)
{
	(void)app;
	(void)status;
	return err_set(e, ERR_INTERNAL, "absent", "not there yet");
}

int
verb_notify_show(struct app *app, int *status, struct err *e)
{
	(void)app;
	(void)status;
	return err_set(e, ERR_INTERNAL, "absent", "not there yet");
}

int
verb_notify_remove(struct app *app, int *status, struct err *e)
{
	(void)app;
	(void)status;
	return err_set(e, ERR_INTERNAL, "absent", "not there yet");
}

int
verb_notify_test(struct app *app, int *status, struct err *e)
{
	(void)app;
	(void)status;
	return err_set(e, ERR_INTERNAL, "absent", "not there yet");
}
