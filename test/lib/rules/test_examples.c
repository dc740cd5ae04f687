/* The example jobs' rules against the example platform: what a reader copies must work. */
#include "fixture.h"

static char *
read_file(const char *name)
{
	char path[500], *text = calloc(1, 100000);
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", EXAMPLES, name);
	assert_non_null(text);
	file = fopen(path, "r");
	if (file == NULL)
		fail_msg("%s: cannot be opened", path);
	assert_true(fread(text, 1, 99999, file) > 0);
	fclose(file);
	return text;
}

static struct json_value
get_key(void *arg, const char *name, size_t len)
{
	(void)arg;
	if (len == 8 && memcmp(name, "ClientId", len) == 0)
		return json_value_of("1", 1);
	if (len == 7 && memcmp(name, "GroupId", len) == 0)
		return json_value_of("10", 2);
	return (struct json_value){ .kind = JSON_ABSENT };
}

static void
load(struct fixture *f, const char *job)
{
	struct rules_client client = { .get = get_key, .user = "999" };
	char *schema = read_file("platform/schema.sql"), *text, name[100];

	sql(f, schema);
	/* As it says of itself: a second time changes nothing. */
	sql(f, schema);
	free(schema);
	sql(f,
	    "INSERT INTO patient VALUES (500, 'Anna', NULL); INSERT INTO room VALUES ('MR-1'), ('CT-1');"
	    "INSERT INTO record (id, client_id, group_id) VALUES (1000001, 1, 10), (1000002, 1, 10), (2000001, 2, 10);"
	    "INSERT INTO pending_item VALUES (1000001, 'REPORT'), (1000001, 'REVIEW'), (1000002, 'REPORT');"
	    "INSERT INTO appointment (id, version, room, start, minutes, patient_id, status) VALUES"
	    " ('A-1-1', 2, 'MR-1', '08:00', 30, 500, 'BOOKED');");
	snprintf(name, sizeof(name), "jobs/%s/rules.sql", job);
	text = read_file(name);
	rules(f, text);
	free(text);
	rules_set_run(f->rules, 77, 1);
	assert_int_equal(rules_set_client(f->rules, &client, &f->why), 0);
}

struct example {
	const char *item, *reason; /* reason NULL: it applies */
};

static void
apply_all(struct fixture *f, const struct example *cases, size_t n)
{
	enum rules_verdict verdict;
	size_t i, again = 0;

	for (i = 0; i < n; i++) {
		verdict = apply(f, cases[i].item);
		/* What was applied before is gone with it: from the beginning, in which each is rejected alone. */
		if (verdict == RULES_ROLLED_BACK && again++ == 0) {
			i = SIZE_MAX;
			continue;
		}
		if (cases[i].reason == NULL && verdict != RULES_APPLIED)
			fail_msg("%s: %s", cases[i].item, f->why.text);
		if (cases[i].reason != NULL && (verdict != RULES_REJECTED || strcmp(f->why.text, cases[i].reason) != 0))
			fail_msg("%s: \"%s\"", cases[i].item, f->why.text);
	}
	sql(f, "COMMIT");
}

static void
examples__completed_records(void **state)
{
	static const struct example cases[] = {
		{ "{\"id\": 1000001, \"status\": \"COMPLETED\", \"completedAt\": \"t1\", \"updatedAt\": \"t2\","
		  " \"reportedBy\": \"Dr. Wei\xc3\x9f\"}",
		    NULL },
		{ "{\"id\": 900000000003, \"status\": \"COMPLETED\"}",
		    "check that the client has this record: no such record: 900000000003" },
		{ "{\"id\": 2000001, \"status\": \"COMPLETED\"}",
		    "check that the client has this record: no such record: 2000001" },
		{ "{\"id\": 18446744073709551615, \"status\": \"COMPLETED\"}",
		    "check that the client has this record: no such record: 18446744073709551615" },
		{ "{\"id\": 1000002, \"status\": \"DRAFT\"}",
		    "check that it is completed: its status is DRAFT, not COMPLETED" },
		{ "{\"id\": 1000002}", "check that it is completed: its status is missing, not COMPLETED" },
	};
	struct fixture *f = *state;

	load(f, "sync-completed-records");
	apply_all(f, cases, COUNT(cases));
	assert_string_equal(value(f, "SELECT group_concat(id || status) FROM record"),
	    "'1000001COMPLETED,1000002PENDING,2000001PENDING'");
	assert_string_equal(
	    value(f, "SELECT json_array(completed_at, updated_at, reported_by) FROM record WHERE id = 1000001"),
	    "'[\"t1\",\"t2\",\"Dr. Wei\xc3\x9f\"]'");
	assert_string_equal(
	    value(f, "SELECT group_concat(record_id || kind || created_at || run_id) FROM workflow_trigger"),
	    "'1000001COMPLETED" NOW "77'");
	assert_string_equal(value(f, "SELECT group_concat(record_id) FROM pending_item"), "'1000002'");
}

#define PATIENT "\"patient\": {\"id\": 501, \"name\": \"Zo\xc3\xab\"}, \"exam\": {\"code\": \"MR-HEAD\"}"

static void
examples__appointments(void **state)
{
	static const struct example cases[] = {
		{ "{\"id\": \"A-1-2\", \"version\": 1, \"slot\": {\"room\": \"MR-1\", \"start\": \"09:00\", \"minutes\": 30}, " PATIENT
		  ", \"status\": \"BOOKED\"}",
		    NULL },
		{ "{\"id\": \"A-1-3\", \"version\": 1, \"slot\": {\"room\": \"MR-1\", \"start\": \"09:00\", \"minutes\": 30}, " PATIENT
		  ", \"status\": \"BOOKED\"}",
		    "check that the slot is free: slot taken: MR-1 at 09:00 by A-1-2" },
		{ "{\"id\": \"A-1-2\", \"version\": 2, \"slot\": {\"room\": \"CT-1\", \"start\": \"10:00\", \"minutes\": 45}, " PATIENT
		  ", \"status\": \"MOVED\"}",
		    NULL },
		{ "{\"id\": \"A-1-3\", \"version\": 1, \"slot\": {\"room\": \"MR-1\", \"start\": \"09:00\", \"minutes\": 30}, " PATIENT
		  ", \"status\": \"BOOKED\"}",
		    NULL },
		{ "{\"id\": \"A-1-1\", \"version\": 1, \"slot\": {\"room\": \"CT-1\", \"start\": \"11:00\", \"minutes\": 30}, " PATIENT
		  ", \"status\": \"MOVED\"}",
		    NULL },
		{ "{\"id\": \"A-1-4\", \"version\": 1, \"slot\": {\"room\": \"XX-1\", \"start\": \"09:00\", \"minutes\": 30}, " PATIENT
		  ", \"status\": \"BOOKED\"}",
		    "check that the clinic has the room: no such room: XX-1" },
		{ "{\"id\": \"A-1-4\", \"version\": 1, " PATIENT ", \"status\": \"BOOKED\"}",
		    "check that the clinic has the room: no such room: null" },
		{ "{\"id\": \"A-1-4\", \"status\": \"LOST\"}",
		    "check that its status holds a slot: its status is LOST, neither BOOKED nor MOVED" },
		{ "{\"id\": \"A-1-4\", \"version\": 1, \"slot\": {\"room\": \"MR-1\", \"start\": \"12:00\", \"minutes\": 30},"
		  " \"status\": \"BOOKED\"}",
		    "check that there is a patient: no patient" },
		{ "{\"id\": \"A-1-4\", \"version\": 1, \"slot\": {\"room\": \"MR-1\", \"start\": \"12:00\", \"minutes\": 0}, " PATIENT
		  ", \"status\": \"BOOKED\"}",
		    "book or move the appointment: CHECK constraint failed: minutes > 0" },
	};
	struct fixture *f = *state;

	load(f, "sync-appointments");
	apply_all(f, cases, COUNT(cases));
	assert_string_equal(
	    value(f,
	        "SELECT group_concat(x, ' ') FROM (SELECT id || '/' || version || '/' || room || '/' || start || '/' ||"
	        " status AS x FROM appointment ORDER BY id)"),
	    "'A-1-1/2/MR-1/08:00/BOOKED A-1-2/2/CT-1/10:00/MOVED A-1-3/1/MR-1/09:00/BOOKED'");
	assert_string_equal(value(f, "SELECT name FROM patient WHERE id = 501"), "'Zo\xc3\xab'");
	assert_string_equal(value(f, "SELECT count(*) FROM patient"), "2");
}

static void
examples__cancellations(void **state)
{
	static const struct example cases[] = {
		{ "{\"id\": \"C-1-1\", \"appointmentId\": \"A-1-1\", \"reason\": \"patient is ill\", \"cancelledAt\": \"t1\","
		  " \"patient\": {\"id\": 500, \"name\": \"Anna\", \"email\": \"anna@example.org\"}}",
		    NULL },
		{ "{\"id\": \"C-1-2\", \"appointmentId\": \"A-1-1\", \"reason\": \"twice\", \"cancelledAt\": \"t2\","
		  " \"patient\": {\"id\": 500, \"name\": \"Anna\"}}",
		    NULL },
		{ "{\"id\": \"C-1-3\", \"appointmentId\": \"A-1-9\", \"patient\": {\"id\": 500, \"name\": \"Anna\"}}",
		    "check that the platform has the appointment: no such appointment: A-1-9" },
		{ "{\"id\": \"C-1-4\"}", "check that the platform has the appointment: no such appointment: null" },
		{ "{\"id\": \"C-1-5\", \"appointmentId\": \"A-1-1\", \"patient\": {\"name\": \"Anna\"}}",
		    "check that there is a patient: no patient" },
	};
	struct fixture *f = *state;

	load(f, "sync-cancellations");
	apply_all(f, cases, COUNT(cases));
	assert_string_equal(value(f, "SELECT json_array(status, cancelled_at, cancel_reason) FROM appointment"),
	    "'[\"CANCELLED\",\"t1\",\"patient is ill\"]'");
	assert_string_equal(
	    value(
	        f, "SELECT json_group_array(json_array(patient_id, appointment_id, address, body)) FROM notification"),
	    "'[[500,\"A-1-1\",\"anna@example.org\",\"Your appointment of 08:00 is cancelled: patient is ill\"]]'");
	assert_string_equal(value(f, "SELECT email FROM patient"), "'anna@example.org'");
	/* The slot is free again. */
	sql(f,
	    "INSERT INTO appointment (id, version, room, start, minutes, patient_id, status) VALUES"
	    " ('A-1-7', 1, 'MR-1', '08:00', 30, 500, 'BOOKED')");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(examples__completed_records, setup_empty, teardown),
		cmocka_unit_test_setup_teardown(examples__appointments, setup_empty, teardown),
		cmocka_unit_test_setup_teardown(examples__cancellations, setup_empty, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
