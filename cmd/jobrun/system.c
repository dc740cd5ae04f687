#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "base/bounds.h"
#include "config/settings.h"
#include "file.h"
#include "print.h"
#include "store/catalog.h"

/* As much as System may hold. */
#define NAME_BYTES 200

/* A job or a client must be able to name it as its System. */
static int
check_name(const char *name, struct err *e)
{
	const unsigned char *c;

	for (c = (const unsigned char *)name; *c >= ' ' && *c != 0x7f; c++)
		continue;
	if (*c == '\0' && name[0] != '\0' && strlen(name) <= NAME_BYTES)
		return 0;
	return err_set(e, ERR_USAGE, "usage",
	    "the system's name must be a line of 1 to %d bytes without control characters", NAME_BYTES);
}

int
verb_system_set(struct app *app, int *status, struct err *e)
{
	static const char *const what[] = { "set", "changed", "is so already; nothing changed" };
	const char *name = app->words[0];
	struct buf text;
	int existed, ret = -1;

	(void)status;
	buf_init(&text, BOUND_CONFIG_BYTES);
	if (check_name(name, e) == -1 || file_read(app->words[1], &text, e) == -1 ||
	    settings_check_system(name, buf_text(&text), text.len, e) == -1 ||
	    catalog_system_set(&app->db, name, text.at, &existed, e) == -1)
		goto out;
	printf("system ");
	print_text(name);
	printf(": %s\n", what[existed]);
	ret = 0;
out:
	buf_release(&text);
	return ret;
}

/*
 * A definition is stored as it was written. For its line in the table each of its line breaks becomes a blank, with the
 * blanks around it: in JSON they stand between tokens only.
 */
static int
take_system(void *arg, int n, const char *const *cells, struct err *e)
{
	const char *line[] = { cells[0], NULL }, *from;
	char *copy = strdup(cells[1]), *to = copy;
	size_t blanks;
	int ret;

	if (copy == NULL)
		return err_memory(e);
	for (from = cells[1]; *from != '\0';) {
		blanks = strspn(from, " \t\r\n");
		if (memchr(from, '\n', blanks) == NULL) {
			*to++ = *from++;
			continue;
		}
		from += blanks;
		if (*from != '\0')
			*to++ = ' ';
	}
	*to = '\0';
	line[1] = copy;
	ret = table_take(arg, n, line, e);
	free(copy);
	return ret;
}

int
verb_system_list(struct app *app, int *status, struct err *e)
{
	static const struct table_column columns[] = { { "Name", 's' }, { "Definition", 'j' }, { NULL, 0 } };
	struct table t = { .columns = columns,
		.empty = "no external system is defined yet: jobrun system set NAME FILE" };

	(void)status;
	if (catalog_list(&app->db, SQL_LIST_SYSTEMS, take_system, &t, e) == -1) {
		table_release(&t);
		return -1;
	}
	return print_table(app, &t, e);
}

int
verb_system_show(struct app *app, int *status, struct err *e)
{
	char *definition = NULL;
	int found = catalog_system(&app->db, app->words[0], &definition, e);

	(void)status;
	if (found == 1)
		return err_set(e, ERR_USAGE, "no_such_system", "there is no external system %s; see jobrun system list",
		    app->words[0]);
	if (found == -1)
		return -1;
	/* As it was given, so that it can be edited and set again; it was checked to be JSON then. */
	printf("%s%s", definition, definition[0] != '\0' && definition[strlen(definition) - 1] == '\n' ? "" : "\n");
	free(definition);
	return 0;
}
