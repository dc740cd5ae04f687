/* Definitions and entries, which anybody may have written: read, or refused with a place and a reason. */
#include <string.h>

#include "config/client.h"
#include "config/job.h"
#include "config/settings.h"
#include "fuzz.h"

static void
check_refusal(const struct err *e)
{
	CHECK(e->kind == ERR_CONFIG && e->code[0] != '\0' && e->text[0] != '\0');
}

/* Whoever wants all faults hears of one exactly if the other does. */
static void
read_job(const char *text, size_t n)
{
	struct faults faults = { 0 };
	struct err e = ERR_INIT, all = ERR_INIT;
	struct job job, same;
	int got = job_parse(&job, text, n, &e), got_all = job_parse_all(&same, text, n, &faults, &all);

	CHECK(got == got_all);
	CHECK((faults.n > 0) == (got == -1));
	if (got == -1)
		check_refusal(&e);
	else
		job_release(&job);
	job_release(&same);
	faults_release(&faults);
}

static void
read_system(const char *text, size_t n)
{
	struct faults faults = { 0 };
	struct err e = ERR_INIT, all = ERR_INIT;
	struct settings s;
	int got = settings_check_system("ris", text, n, &e);

	CHECK(settings_read_system(&s, "ris", text, n, &faults, &all) == got);
	CHECK((faults.n > 0) == (got == -1));
	if (got == -1)
		check_refusal(&e);
	/* It can be released whatever was read of it, and once more copied. */
	settings_release(&s);
	faults_release(&faults);
}

static int
take_client(void *arg, struct client *c, struct err *e)
{
	(void)arg;
	(void)e;
	CHECK(c->id != NULL && c->group != NULL && c->text != NULL && c->send_frequency >= 0);
	client_release(c);
	return 0;
}

static int
take_bad(void *arg, const char *id, const char *group, const struct err *why, struct err *e)
{
	(void)arg;
	(void)e;
	CHECK(id != NULL && group != NULL);
	check_refusal(why);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct client_sink sink = { take_client, take_bad, NULL };
	struct notify_config notify = { 0 };
	struct err e = ERR_INIT;
	char *text;

	if (n == 0)
		return 0;
	if ((text = fuzz_text(bytes + 1, n - 1)) == NULL)
		return 0;
	n--;
	switch (bytes[0] % 4) {
	case 0:
		read_job(text, n);
		break;
	case 1:
		read_system(text, n);
		break;
	case 2:
		CHECK(client_read_row(1, "/api/records", "7", text, n, &sink, &e) == 0);
		break;
	default:
		if (notify_config_parse(&notify, text, n, &e) == -1)
			check_refusal(&e);
		notify_config_release(&notify);
	}
	free(text);
	return 0;
}
