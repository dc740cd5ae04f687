#include "cells.h"

#include <stdio.h>

#include "run/summary.h"

void
cell_number(struct table *t, int64_t n)
{
	if (n >= 0)
		table_add_number(t, n);
	else
		table_add(t, NULL);
}

void
cell_fraction(struct table *t, double value)
{
	char text[400], *end;

	for (end = text + snprintf(text, sizeof(text), "%.3f", value); end[-1] == '0'; end--)
		continue;
	*(end[-1] == '.' ? end - 1 : end) = '\0';
	table_add(t, text);
}

void
cell_mean(struct table *t, int64_t duration_ms, int64_t received)
{
	if (received > 0 && duration_ms >= 0)
		cell_fraction(t, summary_avg_item_ms(duration_ms, received));
	else
		table_add(t, NULL);
}

void
cell_job(const struct app *app, struct table *t, const char *name, int64_t type)
{
	if (name != NULL || app->opt.value[OPT_JSON] != NULL)
		table_add(t, name);
	else
		table_add_number(t, type);
}

void
cell_due(const struct app *app, struct table *t, int64_t due_ms, int64_t now_ms)
{
	if (due_ms < 0)
		table_add(t, NULL);
	else if (due_ms > now_ms)
		table_add_time(t, due_ms);
	else if (app->opt.value[OPT_JSON] != NULL)
		table_add_time(t, due_ms > 0 ? due_ms : now_ms);
	else
		table_add(t, "next run");
}
