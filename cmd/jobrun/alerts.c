#include <string.h>

#include "app.h"
#include "choice.h"
#include "file.h"
#include "store/alerts.h"

#define SHOWN 1000

static void
add(struct table *t, const struct alert *a)
{
	/* An alert of the job's own names no client. */
	bool own = a->client[0] == '\0';

	table_add(t, a->opened_at);
	table_add(t, a->job);
	table_add(t, own ? NULL : a->client);
	table_add(t, own ? NULL : a->group);
	table_add(t, a->kind);
	table_add(t, a->message);
	/* Told once, when it was opened: nobody was reminded yet. */
	table_add(t, strcmp(a->reminded_at, a->opened_at) != 0 ? a->reminded_at : NULL);
	table_add(t, a->resolved_at);
}

int
verb_alerts(struct app *app, int *status, struct err *e)
{
	static const struct table_column columns[] = { { "Since", 'a' }, { "Job", 's' }, { "ClientId", 's' },
		{ "GroupId", 's' }, { "Kind", 's' }, { "Message", 't' }, { "RemindedAt", 'A' }, { "ResolvedAt", 'A' },
		{ NULL, 0 } };
	bool all = (app->opt.given & OPTION(OPT_ALL)) != 0;
	struct table t = { .columns = columns, .empty = all ? "no alerts" : "no open alerts" };
	struct alert_list list = { 0 };
	struct choice choice;
	struct alert_choice wanted;
	size_t i;
	int ret = choice_read(app, NULL, 0, SHOWN, &choice, e);

	(void)status;
	wanted = (struct alert_choice){
		.job_type = choice.job.type,
		.clients = (const char *const *)choice.clients,
		.n_clients = choice.n_clients,
		.group = choice.group,
		.since = choice.since,
		.resolved = all,
		.most = choice.limit,
	};
	if (ret == 0)
		ret = alerts_read(&app->db, &wanted, &list, e);
	for (i = 0; i < list.n; i++)
		add(&t, &list.at[i]);
	if (ret == 0)
		ret = print_table(app, &t, e);
	table_release(&t);
	alert_list_release(&list);
	choice_release(&choice);
	return ret;
}
