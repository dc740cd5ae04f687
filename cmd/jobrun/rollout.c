#include "app.h"

int
verb_rollout(struct app *app, int *status, struct err *e)
{
	(void)app;
	(void)status;
	return err_set(e, ERR_INTERNAL, "absent", "not there yet");
}
