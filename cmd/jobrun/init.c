#include <stdio.h>

#include "app.h"
#include "print.h"

int
verb_init(struct app *app, int *status, struct err *e)
{
	int from, to;

	(void)status;
	if (db_init(app->db_path, &from, &to, e) == -1)
		return -1;
	print_text(app->db_path);
	if (from == to)
		printf(": is at schema version %d already; nothing changed\n", to);
	else if (from == 0)
		printf(": created, schema version %d\n", to);
	else
		printf(": brought from schema version %d to %d\n", from, to);
	return 0;
}
