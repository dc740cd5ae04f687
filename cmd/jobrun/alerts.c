#include <string.h>

#include "app.h"
#include "choice.h"
#include "held.h"
#include "print.h"
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
		{ "GroupId", 's' }, { "Kind", 's' }, { "Message", 's' }, { "RemindedAt", 'w' }, { "ResolvedAt", 'w' },
		{ NULL, 0 } };
	static const struct table_view view[] = { { "Since", 'a', NULL }, { "Job", 's', NULL },
		{ "ClientId", 's', NULL }, { "GroupId", 'S', NULL }, { "Kind", 's', NULL }, { "RemindedAt", 'A', NULL },
		{ "ResolvedAt", 'A', NULL }, { "Message", 't', NULL }, { NULL, 0, NULL } };
	bool all = (app->opt.given & OPTION(OPT_ALL)) != 0;
	struct table t = { .columns = columns, .view = view, .empty = all ? "no alerts" : "no open alerts" };
	struct alert_list list = { 0 };
	struct held held = { 0 };
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
	if (ret == 0)
		ret = held_read(&held, app, e);
	for (i = 0; i < list.n; i++) {
		add(&t, &list.at[i]);
		held_see(&held, list.at[i].job_type, list.at[i].client, list.at[i].group);
	}
	if (ret == 0 && (ret = print_table(app, &t, e)) == 0)
		ret = held_print(&held, e);
	table_release(&t);
	held_release(&held);
	alert_list_release(&list);
	choice_release(&choice);
	return ret;
}
