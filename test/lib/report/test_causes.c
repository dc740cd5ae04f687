#include "../scratch.h"

#include "../failing.h"
#include "base/bounds.h"
#include "report/causes.h"

/* 2026-11-23T07:00:00.000Z */
#define BEGUN_MS INT64_C(1795417200000)

struct told {
	struct causes *causes;
	struct err e;
};

static int
begin(void **state)
{
	struct told *t = calloc(1, sizeof(*t));

	if (t == NULL || (t->causes = causes_new(&t->e)) == NULL)
		return -1;
	*state = t;
	return 0;
}

static int
end(void **state)
{
	struct told *t = *state;

	causes_free(t->causes);
	free(t);
	return 0;
}

static void
visit(struct told *t, int64_t job, const char *client, const char *group, int64_t run)
{
	assert_int_equal(causes_visit(t->causes, &(struct errlog_visit){ job, run, client, group }, &t->e), 0);
}

/* A row of job 1's log, at second s of a minute, of the run of that number. */
static struct errlog_row
row_of(const char *client, int s, const char *code, const char *message)
{
	static char at[2][CLOCK_TEXT];
	static unsigned turn;
	char *mine = at[turn++ % 2];

	clock_text(BEGUN_MS + 1000 * (int64_t)s, mine);
	return (struct errlog_row){ .at = mine,
		.run = s,
		.job_type = 1,
		.job = "Sync",
		.client = client,
		.group = "0",
		.stage = "rules",
		.code = code,
		.message = message };
}

static void
add(struct told *t, const char *client, int s, const char *code, const char *message)
{
	struct errlog_row row = row_of(client, s, code, message);

	assert_int_equal(causes_add(t->causes, &row, &t->e), 0);
}

static struct cause *const *
sorted(struct told *t, size_t expected)
{
	struct cause *const *causes;
	size_t n;

	assert_non_null(causes = causes_sorted(t->causes, &n, &t->e));
	assert_int_equal(n, expected);
	return causes;
}

/* Where the first cause is; valid until the next call. */
static const char *
where(struct told *t, bool chosen)
{
	static char text[200];
	struct cause *const *causes;
	struct buf b;
	size_t n;

	assert_non_null(causes = causes_sorted(t->causes, &n, &t->e));
	assert_true(n > 0);
	buf_init(&b, sizeof(text) - 1);
	assert_int_equal(causes_where(causes[0], chosen, &b), 0);
	strlcpy(text, buf_text(&b), sizeof(text));
	buf_release(&b);
	return text;
}

static void
causes__are_one_where_messages_differ_by_ids_alone(void **state)
{
	struct told *t = *state;
	struct cause *const *c;

	add(t, "7", 5, "rule_rejected", "known: no such record: 104");
	add(t, "8", 3, "rule_rejected", "known: no such record: 105");
	add(t, "7", 9, "rule_rejected", "known: no such record: 106");
	c = sorted(t, 1);
	assert_int_equal(c[0]->count, 3);
	assert_string_equal(c[0]->first, "2026-11-23T07:00:03.000Z");
	assert_string_equal(c[0]->last, "2026-11-23T07:00:09.000Z");
	assert_string_equal(c[0]->text, "known: no such record: #");
	assert_string_equal(c[0]->job, "Sync");
	assert_string_equal(c[0]->stage, "rules");
	assert_string_equal(c[0]->code, "rule_rejected");
	assert_int_equal(c[0]->hit, 2);
}

static void
causes__differ_by_job_stage_code_and_text(void **state)
{
	struct errlog_row rows[] = { row_of("7", 1, "a", "x 1"), row_of("7", 1, "a", "x 2"), row_of("7", 1, "b", "x 1"),
		row_of("7", 1, "a", "y 1"), row_of("7", 1, "a", "x 1"), row_of("7", 1, "a", "x 1") };
	struct told *t = *state;
	size_t i;

	rows[4].stage = "fetch";
	rows[5].job_type = 2;
	rows[5].job = NULL;
	for (i = 0; i < N(rows); i++)
		assert_int_equal(causes_add(t->causes, &rows[i], &t->e), 0);
	sorted(t, 5);
}

static void
causes__open_ones_first_then_the_most_frequent_then_the_newest(void **state)
{
	static const char *const order[] = { "open often", "open new", "open old", "over often", "over" };
	struct told *t = *state;
	struct cause *const *c;
	size_t i;

	visit(t, 1, "7", "0", 20);
	visit(t, 1, "8", "0", 5);
	add(t, "7", 20, "x", "open often");
	add(t, "7", 3, "x", "open often");
	add(t, "7", 30, "x", "open new");
	/* Run 5 is client 8's newest visit, though client 7 went on without it. */
	add(t, "7", 4, "x", "open old");
	add(t, "8", 5, "x", "open old");
	add(t, "7", 19, "x", "open old");
	add(t, "7", 19, "x", "over");
	add(t, "7", 2, "x", "over often");
	add(t, "8", 4, "x", "over often");
	c = sorted(t, 5);
	/* Of two with the same count the newer one is first. */
	assert_int_equal(c[0]->count, 3);
	assert_string_equal(c[0]->text, order[2]);
	assert_string_equal(c[1]->text, order[0]);
	assert_string_equal(c[2]->text, order[1]);
	for (i = 3; i < N(order); i++)
		assert_string_equal(c[i]->text, order[i]);
	for (i = 0; i < N(order); i++)
		assert_int_equal(c[i]->open, i < 3);
}

static void
causes__say_where(void **state)
{
	static const struct {
		int visited, hit;
		bool chosen;
		const char *where;
	} rows[] = {
		{ 1, 1, false, "client 1, the only one" },
		{ 120, 1, false, "client 1 only, of 120" },
		{ 2, 2, false, "all 2 clients" },
		{ 120, 2, false, "2 of 120: 1, 2" },
		{ 120, 3, false, "3 of 120: 1, 2, 3" },
		{ 12, 10, false, "10 of 12 clients" },
		{ 12, 12, false, "all 12 clients" },
		/* One who was hit was visited, whatever the books say. */
		{ 0, 1, false, "client 1, the only one" },
		{ 12, 1, true, "client 1" },
		{ 3, 3, true, "clients 1, 2, 3" },
		{ 12, 12, true, "12 clients" },
	};
	struct told t = { .causes = NULL };
	char id[12];
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < N(rows); i++) {
		assert_non_null(t.causes = causes_new(&t.e));
		for (n = 1; n <= rows[i].visited; n++) {
			snprintf(id, sizeof(id), "%d", n);
			visit(&t, 1, id, "0", 1);
			/* Another job's clients are not counted. */
			visit(&t, 2, id, "0", 1);
		}
		/* Backwards, and twice each: the ids shown are in order. */
		for (n = 2 * rows[i].hit; n > 0; n--) {
			snprintf(id, sizeof(id), "%d", (n + 1) / 2);
			add(&t, id, 1, "x", "y");
		}
		assert_string_equal(where(&t, rows[i].chosen), rows[i].where);
		causes_free(t.causes);
	}
}

static void
causes__name_clients_in_their_order_and_with_the_group_where_it_takes_one(void **state)
{
	struct told *t = *state;
	struct cause *const *c;
	struct errlog_row row;
	struct buf b;

	visit(t, 1, "7", "a", 1);
	visit(t, 1, "7", "b", 1);
	visit(t, 1, "70", "0", 1);
	visit(t, 1, "800", "a", 1);
	visit(t, 2, "70", "z", 1);
	add(t, "70", 1, "x", "y");
	row = row_of("7", 1, "x", "y");
	row.group = "b";
	assert_int_equal(causes_add(t->causes, &row, &t->e), 0);
	assert_string_equal(where(t, true), "clients 7 (group b), 70");
	row = row_of("n\"o", 1, "x", "y");
	assert_int_equal(causes_add(t->causes, &row, &t->e), 0);
	c = sorted(t, 1);
	buf_init(&b, 100);
	assert_int_equal(causes_clients(c[0], &b), 0);
	assert_string_equal(b.at, "[\"7\",\"70\",\"n\\\"o\"]");
	buf_release(&b);
	assert_int_equal(c[0]->visited, 5);
}

static void
causes__know_how_many_clients_of_their_job_were_visited(void **state)
{
	static const struct {
		int64_t job;
		const char *client;
	} visits[] = { { 1, "a" }, { 1, "b" }, { 2, "a" }, { 2, "b" }, { 2, "c" }, { 3, "a" }, { 5, "a" } };
	static const struct {
		int64_t job;
		const char *client, *message;
		size_t visited;
		const char *reason;
	} hits[] = {
		{ 1, "a", "y", 2, "its own alone" },
		{ 2, "a", "y", 3, "the next job's" },
		{ 2, "b", "z", 3, "the same job's other cause" },
		{ 4, "x", "y", 1, "hit, though nothing says visited" },
		{ 5, "a", "y", 1, "behind a job without errors" },
	};
	struct told *t = *state;
	struct cause *const *c;
	struct errlog_row row;
	size_t i;

	for (i = 0; i < N(visits); i++)
		visit(t, visits[i].job, visits[i].client, "0", 1);
	for (i = 0; i < N(hits); i++) {
		row = row_of(hits[i].client, (int)(N(hits) - i), "x", hits[i].message);
		row.job_type = hits[i].job;
		assert_int_equal(causes_add(t->causes, &row, &t->e), 0);
	}
	c = sorted(t, N(hits));
	for (i = 0; i < N(hits); i++)
		if (c[i]->job_type != hits[i].job || c[i]->visited != hits[i].visited)
			fail_msg("%s: job %d, %zu", hits[i].reason, (int)c[i]->job_type, c[i]->visited);
}

static void
causes__of_an_entry_without_an_id(void **state)
{
	struct told *t = *state;

	visit(t, 1, "7", "0", 1);
	add(t, "", 1, "client_config", "configuration row 1, entry 2: ClientId: missing");
	assert_string_equal(where(t, false), "an entry without an id");
	add(t, "7", 1, "client_config", "configuration row 1, entry 3: ClientId: missing");
	assert_int_equal(sorted(t, 1)[0]->visited, 1);
	assert_string_equal(where(t, true), "clients (no id), 7");
}

/* What is too much is counted, and said. */
static void
causes__have_a_ceiling(void **state)
{
	struct told *t = *state;
	struct cause *const *c;
	char message[64];
	int i;

	for (i = 0; i < BOUND_CAUSES + 5; i++) {
		snprintf(message, sizeof(message), "cause %c%c%c", 'g' + i % 10, 'g' + i / 10 % 10, 'g' + i / 100);
		add(t, "7", 1, "x", message);
		add(t, "8", 1, "x", message);
	}
	c = sorted(t, BOUND_CAUSES);
	assert_int_equal(c[0]->hit, 2);
	assert_int_equal(causes_others(t->causes), 10);
}

/* More than a cause's first piece of memory holds. */
#define MANY 20000

static void
causes__count_many_clients(void **state)
{
	struct told *t = *state;
	char id[12];
	int i, turn;

	for (turn = 0; turn < 2; turn++) {
		for (i = 0; i < MANY; i++) {
			snprintf(id, sizeof(id), "%d", i);
			add(t, id, 1, "x", "one");
			add(t, id, 1, "x", "two");
		}
	}
	assert_int_equal(sorted(t, 2)[0]->hit, MANY);
	assert_int_equal(sorted(t, 2)[1]->hit, MANY);
	assert_int_equal(sorted(t, 2)[1]->count, 2 * MANY);
	assert_string_equal(where(t, false), "all 20000 clients");
}

static void
causes__survive_without_memory(void **state)
{
	struct failing f = { .nth = 0 };
	struct errlog_row row = row_of("7", 1, "x", "y");
	struct err e;
	struct causes *causes;
	size_t n;
	bool bad;

	(void)state;
	while (failing_next(&f)) {
		e = (struct err)ERR_INIT;
		failing_begin(&f);
		causes = causes_new(&e);
		bad = causes == NULL || causes_visit(causes, &(struct errlog_visit){ 1, 1, "7", "0" }, &e) == -1 ||
		    causes_add(causes, &row, &e) == -1 || causes_sorted(causes, &n, &e) == NULL;
		causes_free(causes);
		failing_end(&f);
		assert_int_equal(bad, e.kind == ERR_INTERNAL);
		assert_true(f.failed || !bad);
	}
	causes_free(NULL);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(causes__are_one_where_messages_differ_by_ids_alone),
		CASE(causes__differ_by_job_stage_code_and_text),
		CASE(causes__open_ones_first_then_the_most_frequent_then_the_newest),
		cmocka_unit_test(causes__say_where),
		CASE(causes__name_clients_in_their_order_and_with_the_group_where_it_takes_one),
		CASE(causes__know_how_many_clients_of_their_job_were_visited),
		CASE(causes__of_an_entry_without_an_id),
		CASE(causes__have_a_ceiling),
		CASE(causes__count_many_clients),
		cmocka_unit_test(causes__survive_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
