#include "options.h"

#include <stddef.h>
#include <string.h>

#include "scan.h"

enum option_type { OPTION_TEXT, OPTION_NUMBER, OPTION_LIST, OPTION_FLAG };

static const struct option_row {
	const char *name, *value; /* value: what the help calls it */
	enum option_type type;
	size_t offset;
	int64_t least, most;
	const char *help;
} rows[] = {
	{ "--db", "FILE", OPTION_TEXT, offsetof(struct options, db), 0, 0, "the database, created if absent" },
	{ "--port", "N", OPTION_NUMBER, offsetof(struct options, port), 0, 65535,
	    "listen there (0: any free port, the default)" },
	{ "--port-file", "FILE", OPTION_TEXT, offsetof(struct options, port_file), 0, 0,
	    "write the port there, once it listens" },
	{ "--log", "FILE", OPTION_TEXT, offsetof(struct options, log), 0, 0, "append a line a request" },
	{ "--token-file", "FILE", OPTION_TEXT, offsetof(struct options, token_file), 0, 0,
	    "its first line is what clients must send" },
	{ "--tls-cert", "FILE", OPTION_TEXT, offsetof(struct options, tls_cert), 0, 0,
	    "serve HTTPS with this certificate" },
	{ "--tls-key", "FILE", OPTION_TEXT, offsetof(struct options, tls_key), 0, 0, "and this key" },
	{ "--make-cert", "DIR", OPTION_TEXT, offsetof(struct options, make_cert), 0, 0,
	    "make DIR/cert.pem and DIR/key.pem for localhost, and exit" },
	{ "--seed", "N", OPTION_NUMBER, offsetof(struct options, seed), 0, INT64_MAX,
	    "what --generate draws from (1)" },
	{ "--generate", "SPEC", OPTION_LIST, offsetof(struct options, generate), 0, 0,
	    "add records that are not there yet; may be repeated" },
	{ "--max-time", "SECONDS", OPTION_NUMBER, offsetof(struct options, max_time), 1, BOUND_MAX_TIME,
	    "exit by itself after that long (3600)" },
	{ "--help", "", OPTION_FLAG, offsetof(struct options, help), 0, 0, "show this" },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static int
set(struct options *o, const struct option_row *row, const char *value, struct err *e)
{
	void *field = (char *)o + row->offset;

	switch (row->type) {
	case OPTION_TEXT:
		*(const char **)field = value;
		return 0;
	case OPTION_NUMBER:
		if (scan_integer(slice_of(value), row->least, row->most, field) == -1)
			return err_set(e, "%s takes a number from %lld to %lld", row->name, (long long)row->least,
			    (long long)row->most);
		return 0;
	case OPTION_LIST:
		if (o->generates == BOUND_SPECS)
			return err_set(e, "%s more than %d times", row->name, BOUND_SPECS);
		o->generate[o->generates++] = value;
		return 0;
	case OPTION_FLAG:
		*(int64_t *)field = 1;
		return 0;
	}
	return -1;
}

/* The row of "--name" or "--name=value", matched whole. */
static const struct option_row *
find(const char *arg, const char **value)
{
	size_t i, n = strcspn(arg, "=");

	*value = arg[n] == '=' ? arg + n + 1 : NULL;
	for (i = 0; i < ROWS; i++) {
		if (strlen(rows[i].name) == n && memcmp(rows[i].name, arg, n) == 0)
			return &rows[i];
	}
	return NULL;
}

static int
check(const struct options *o, struct err *e)
{
	if (o->help || o->make_cert != NULL)
		return 0;
	if (o->db == NULL)
		return err_set(e, "--db is missing");
	if ((o->tls_cert == NULL) != (o->tls_key == NULL))
		return err_set(e, "--tls-cert and --tls-key go together");
	return 0;
}

int
options_parse(struct options *o, int argc, char **argv, struct err *e)
{
	const struct option_row *row;
	const char *value;
	int i;

	*o = (struct options){ .seed = 1, .max_time = 3600 };
	for (i = 1; i < argc; i++) {
		if ((row = find(argv[i], &value)) == NULL)
			return err_set(e, "no such option: %s", argv[i]);
		if (row->type == OPTION_FLAG && value != NULL)
			return err_set(e, "%s takes no value", row->name);
		if (row->type != OPTION_FLAG && value == NULL && (value = argv[++i]) == NULL)
			return err_set(e, "%s needs a value", row->name);
		if (set(o, row, value, e) == -1)
			return -1;
	}
	return check(o, e);
}

void
options_help(FILE *out)
{
	size_t i;

	fprintf(out,
	    "usage: external-system --db FILE [options]\n"
	    "An HTTP system with records to fetch and acknowledge, on 127.0.0.1, for demos and tests.\n\n");
	for (i = 0; i < ROWS; i++)
		fprintf(out, "  %-12s %-8s %s\n", rows[i].name, rows[i].value, rows[i].help);
	fprintf(out,
	    "\nSPEC: kind=records|appointments|cancellations,client=N,group=ID,count=N[,bad=N][,first=N][,days=N]\n");
}
