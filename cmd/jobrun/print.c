#include "print.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/escape.h"

/* A terminal that does not tell its width has one all the same. */
#define WIDTH_DEFAULT 80

size_t
stdout_width(void)
{
	const char *columns = getenv("COLUMNS"), *wrong = NULL;
	struct winsize size;
	long long width;

	if (isatty(STDOUT_FILENO) != 1)
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	width = columns != NULL ? strtonum(columns, 1, USHRT_MAX, &wrong) : WIDTH_DEFAULT;
	return wrong == NULL ? (size_t)width : WIDTH_DEFAULT;
}

void
table_for_stdout(const struct app *app, struct table *t)
{
	t->width = stdout_width();
	t->color = log_is_colored(&app->opt, STDOUT_FILENO);
	t->now_ms = clock_utc_ms();
}

int
print_table(struct app *app, struct table *t, struct err *e)
{
	struct buf b;
	int ret;

	buf_init(&b, BOUND_OUTPUT_BYTES);
	table_for_stdout(app, t);
	ret = app->opt.value[OPT_JSON] != NULL ? table_json(t, &b) : table_text(t, &b);
	if (ret == 0)
		fputs(b.at, stdout);
	else
		err_memory(e);
	buf_release(&b);
	table_release(t);
	return ret;
}

int
table_take(void *arg, int n, const char *const *cells, struct err *e)
{
	(void)n;
	return table_row(arg, cells) == 0 ? 0 : err_memory(e);
}

void
print_text(const char *text)
{
	char room[BOUND_MESSAGE + sizeof("…")];
	struct buf b;

	buf_lend(&b, room, sizeof(room));
	(void)escape_line(&b, text, strlen(text), BOUND_MESSAGE);
	fputs(buf_text(&b), stdout);
}
