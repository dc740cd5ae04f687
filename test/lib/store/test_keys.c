#include "scratch.h"

#include "store/keys.h"

#define NOW "2026-11-23T07:00:00.000Z"

static int64_t
add(struct scratch *s, unsigned char first, const char *jobs, const char *expires)
{
	unsigned char hash[KEYS_HASH] = { first };
	int64_t id;

	OK(s, keys_add(&s->db, hash, jobs, "cron", expires, &id, &s->e));
	return id;
}

static enum keys_verdict
check(struct scratch *s, unsigned char first, unsigned char last, int64_t job_type, const char *name, int64_t *id)
{
	unsigned char hash[KEYS_HASH] = { first };
	enum keys_verdict verdict;

	hash[KEYS_HASH - 1] = last;
	OK(s, keys_check(&s->db, hash, job_type, name, NOW, &verdict, id, &s->e));
	return verdict;
}

static void
keys__compares_every_byte_with_every_row(void **state)
{
	struct scratch *s = *state;
	int64_t one = add(s, 1, "*", NULL), two = add(s, 2, "*", NULL), three = add(s, 3, "*", NULL), id = -1;

	assert_int_equal(check(s, 1, 0, 1, "Sync", &id), KEYS_OK);
	assert_int_equal(id, one);
	assert_int_equal(check(s, 3, 0, 1, "Sync", &id), KEYS_OK);
	assert_int_equal(id, three);
	assert_int_equal(check(s, 2, 0, 1, "Sync", &id), KEYS_OK);
	assert_int_equal(id, two);
	id = -1;
	assert_int_equal(check(s, 2, 1, 1, "Sync", &id), KEYS_REFUSED);
	assert_int_equal(check(s, 4, 0, 1, "Sync", &id), KEYS_REFUSED);
	assert_int_equal(id, -1);
}

static void
keys__are_for_the_jobs_they_name(void **state)
{
	static const struct {
		const char *jobs;
		enum keys_verdict verdict;
		const char *reason;
	} rows[] = {
		{ "*", KEYS_OK, "all" },
		{ "Sync", KEYS_OK, "its name" },
		{ "12", KEYS_OK, "its number" },
		{ "Other,Sync", KEYS_OK, "the last of two" },
		{ "Sync,Other", KEYS_OK, "the first of two" },
		{ " Sync , Other", KEYS_OK, "blanks do not count" },
		{ "3,\t12 ,4", KEYS_OK, "its number among others" },
		{ "Other,*", KEYS_OK, "all, among others" },
		{ "sync", KEYS_OTHER_JOB, "another case is another name" },
		{ "SyncMore", KEYS_OTHER_JOB, "a longer name" },
		{ "Syn", KEYS_OTHER_JOB, "a shorter name" },
		{ "1", KEYS_OTHER_JOB, "a shorter number" },
		{ "120", KEYS_OTHER_JOB, "a longer number" },
		{ "012", KEYS_OTHER_JOB, "another spelling" },
		{ "Sync Other", KEYS_OTHER_JOB, "a blank is no comma" },
		{ "**", KEYS_OTHER_JOB, "no pattern" },
		{ "", KEYS_OTHER_JOB, "none" },
		{ " , ,", KEYS_OTHER_JOB, "none" },
	};
	struct scratch *s = *state;
	int64_t id;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		add(s, (unsigned char)(i + 1), rows[i].jobs, NULL);
		id = -1;
		if (check(s, (unsigned char)(i + 1), 0, 12, "Sync", &id) != rows[i].verdict || id != (int64_t)i + 1)
			fail_msg("\"%s\": %s", rows[i].jobs, rows[i].reason);
	}
}

static void
keys__words_of_a_list(void **state)
{
	static const char list[] = " Sync ,, 12\t,*";
	static const char *const expected[] = { "Sync", "12", "*" };
	const char *at = list, *word;
	size_t len, i;

	(void)state;
	for (i = 0; keys_word(&at, &word, &len); i++) {
		assert_true(i < N(expected));
		assert_int_equal(len, strlen(expected[i]));
		assert_memory_equal(word, expected[i], len);
	}
	assert_int_equal(i, N(expected));
	assert_true(keys_open(list, 12, "Other"));
	assert_true(keys_open("Sync", 1, "Sync"));
	assert_false(keys_open("Sync, 12", 1, "Other"));
}

static void
keys__of_whatever_job_are_valid_where_there_is_no_such_job(void **state)
{
	struct scratch *s = *state;
	int64_t id;

	add(s, 1, "Other", NULL);
	assert_int_equal(check(s, 1, 0, 0, NULL, &id), KEYS_OK);
	assert_int_equal(check(s, 2, 0, 0, NULL, &id), KEYS_REFUSED);
}

static void
keys__end_at_their_time(void **state)
{
	static const struct {
		const char *expires;
		enum keys_verdict verdict;
		const char *reason;
	} rows[] = {
		{ NULL, KEYS_OK, "never" },
		{ "2026-11-23T07:00:00.001Z", KEYS_OK, "a millisecond to go" },
		{ NOW, KEYS_REFUSED, "this instant" },
		{ "2026-11-23T06:59:59.999Z", KEYS_REFUSED, "past" },
		{ "2026-11-23", KEYS_REFUSED, "written by hand, past" },
		{ "", KEYS_REFUSED, "emptied by hand" },
	};
	struct scratch *s = *state;
	int64_t id;
	size_t i;

	for (i = 0; i < N(rows); i++) {
		add(s, (unsigned char)(i + 1), "*", rows[i].expires);
		if (check(s, (unsigned char)(i + 1), 0, 12, "Sync", &id) != rows[i].verdict)
			fail_msg("%s", rows[i].reason);
	}
}

static void
keys_revoke__ends_a_key_once_and_for_all(void **state)
{
	struct scratch *s = *state;
	int64_t id = add(s, 1, "*", NULL), other = add(s, 2, "*", NULL), found;
	int was;

	OK(s, keys_revoke(&s->db, id, &was, &s->e));
	assert_int_equal(was, 0);
	assert_int_equal(check(s, 1, 0, 1, "Sync", &found), KEYS_REFUSED);
	assert_int_equal(check(s, 1, 0, 0, NULL, &found), KEYS_REFUSED);
	assert_int_equal(check(s, 2, 0, 1, "Sync", &found), KEYS_OK);
	assert_int_equal(found, other);

	scratch_sql(s->db.handle, "UPDATE APP_JOB_KEY SET RevokedAt = '" NOW "' WHERE RevokedAt IS NOT NULL");
	OK(s, keys_revoke(&s->db, id, &was, &s->e));
	assert_int_equal(was, 1);
	assert_string_equal(scratch_text(s->db.handle, "SELECT RevokedAt FROM APP_JOB_KEY WHERE KeyId = 1"), NOW);
	assert_int_equal(keys_revoke(&s->db, 99, &was, &s->e), 1);
}

static void
keys__keep_their_hash_and_when_they_were_used(void **state)
{
	struct scratch *s = *state;
	int64_t id = add(s, 255, "Sync,1", "2027-01-01T00:00:00.000Z");

	OK(s, keys_used(&s->db, id, NOW, &s->e));
	assert_string_equal(scratch_text(s->db.handle,
	                        "SELECT typeof(Hash) || length(Hash) || substr(hex(Hash), 1, 4) || Jobs || Label ||"
	                        " ExpiresAt || LastUsedAt || (CreatedAt GLOB '20*Z') FROM APP_JOB_KEY"),
	    "blob32FF00Sync,1cron2027-01-01T00:00:00.000Z" NOW "1");
}

static void
keys__fail_when_the_database_fails(void **state)
{
	struct scratch *s = *state;
	unsigned char hash[KEYS_HASH] = { 1 };
	enum keys_verdict verdict;
	int64_t id;
	int was;

	OK(s, keys_add(&s->db, hash, "*", NULL, NULL, &id, &s->e));
	REFUSED(s, keys_add(&s->db, hash, "*", NULL, NULL, &id, &s->e), ERR_DATABASE, "storing a job key");
	scratch_sql(s->db.handle, "DROP TABLE APP_JOB_KEY");
	REFUSED(s, keys_add(&s->db, hash, "*", NULL, NULL, &id, &s->e), ERR_DATABASE, "storing a job key");
	REFUSED(s, keys_revoke(&s->db, 1, &was, &s->e), ERR_DATABASE, "reading a job key");
	REFUSED(s, keys_used(&s->db, 1, NOW, &s->e), ERR_DATABASE, "marking a job key used");
	verdict = KEYS_OK;
	REFUSED(s, keys_check(&s->db, hash, 1, "a", NOW, &verdict, &id, &s->e), ERR_DATABASE, "reading the job keys");
	assert_int_equal(verdict, KEYS_REFUSED);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, scratch_open, scratch_end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(keys__compares_every_byte_with_every_row),
		CASE(keys__are_for_the_jobs_they_name),
		CASE(keys__words_of_a_list),
		CASE(keys__of_whatever_job_are_valid_where_there_is_no_such_job),
		CASE(keys__end_at_their_time),
		CASE(keys_revoke__ends_a_key_once_and_for_all),
		CASE(keys__keep_their_hash_and_when_they_were_used),
		CASE(keys__fail_when_the_database_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
