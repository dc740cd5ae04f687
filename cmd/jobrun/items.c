#include "app.h"

int
verb_items_list(struct app *app, int *status, struct err *e)
{
	(void)app;
	(void)status;
	return err_set(e, ERR_INTERNAL, "absent", "not there yet");
}

int
verb_items_show(struct app *app, int *status, struct err *e)
{
	(void)app;
	(void)status;
	return err_set(e, ERR_INTERNAL, "absent", "not there yet");
}

int
verb_items_retry(struct app *app, int *status, struct err *e)
{
	(void)app;
	(void)status;
	return err_set(e, ERR_INTERNAL, "absent", "not there yet");
}
