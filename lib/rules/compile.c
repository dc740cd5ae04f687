#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/near.h"
#include "rules/audit.h"
#include "rules/rule.h"
#include "rules/split.h"

/* What is being compiled, for messages. */
struct source_text {
	const char *text, *file;
	size_t len;
};

static int
place_err(const struct source_text *src, size_t at, struct err *e)
{
	size_t line, column;

	split_place(src->text, at, &line, &column);
	return err_prefix(e, "%s:%zu:%zu: ", src->file, line, column);
}

static int
check_text(const struct source_text *src, struct err *e)
{
	struct split_head head;
	size_t at;

	if (src->len > BOUND_RULES_BYTES)
		return err_set(e, ERR_CONFIG, "rules", "%s: larger than %u bytes", src->file, BOUND_RULES_BYTES);
	if (split_bad_text(src->text, src->len, &at)) {
		err_set(e, ERR_CONFIG, "rules", "a byte that is not valid UTF-8 text: save the file as UTF-8");
		return place_err(src, at, e);
	}
	if (split_open_comment(src->text, src->len, &at)) {
		err_set(e, ERR_CONFIG, "rules", "this comment never ends: close it with */");
		return place_err(src, at, e);
	}
	if (!split_next(src->text, src->len, 0, &head))
		return err_set(e, ERR_CONFIG, "rules", "%s: not one statement in it", src->file);
	return 0;
}

static int
check_word(const struct source_text *src, const struct split_head *head, struct err *e)
{
	static const char *const words[] = { "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VALUES" };
	const char *why = sandbox_refuses(src->text + head->at, head->word_len), *meant;
	char word[32];

	if (why == NULL)
		return 0;
	snprintf(word, sizeof(word), "%.*s", (int)head->word_len, src->text + head->at);
	meant = near_word(word, words, sizeof(words) / sizeof(words[0]));
	err_set(e, ERR_CONFIG, "rules", "%s%s%s%s", why, meant != NULL ? "; did you mean " : "",
	    meant != NULL ? meant : "", meant != NULL ? "?" : "");
	return place_err(src, head->at, e);
}

/* Why SQLite did not take the statement at head. */
static int
prepare_err(struct rules *r, const struct source_text *src, const struct split_head *head, struct err *e)
{
	static const struct {
		const char *begins, *hint;
	} hints[] = {
		{ "no such table", " (the platform's tables must be there before the rules)" },
		{ "no such column", " (an item's field is written :name, text in single quotes)" },
		{ "incomplete input", " (does a ) or a ; lack?)" },
	};
	sqlite3 *handle = r->db->handle;
	const char *message = sqlite3_errmsg(handle), *hint = "";
	int offset = sqlite3_error_offset(handle);
	size_t i;

	if (db_is_failure(sqlite3_extended_errcode(handle)))
		return db_err(r->db, e, "compile the rules");
	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (strncmp(message, hints[i].begins, strlen(hints[i].begins)) == 0)
			hint = hints[i].hint;
	/* A refusal has its own words; SQLite's would be "not authorized". */
	if (r->sandbox.why[0] != '\0')
		err_set(e, ERR_CONFIG, "rules", "%s", r->sandbox.why);
	else
		err_set(e, ERR_CONFIG, "rules", "%s%s", message, hint);
	return place_err(src, head->at + (offset > 0 ? (size_t)offset : 0), e);
}

static int
compile_parameters(
    struct rules *r, struct rule *rule, const struct source_text *src, size_t from, size_t to, struct err *e)
{
	int i, n = sqlite3_bind_parameter_count(rule->st);
	const char *name;

	rule->first = r->plan.n_bindings;
	for (i = 1; i <= n; i++) {
		name = sqlite3_bind_parameter_name(rule->st, i);
		if (plan_add(&r->plan, i, name, e) == -1)
			return place_err(src, split_parameter(src->text, from, to, name), e);
	}
	rule->n = r->plan.n_bindings - rule->first;
	return 0;
}

/* Compiles the statement at head; *end is where it ends. */
static int
compile_one(struct rules *r, const struct source_text *src, const struct split_head *head, const struct audit *audit,
    size_t *end, struct err *e)
{
	struct rule *rule = &r->rule[r->n];
	const char *sql = src->text + head->at, *tail;
	int rc;

	if (check_word(src, head, e) == -1)
		return -1;
	if (head->name[0] != '\0')
		rule->name = strdup(head->name);
	else if (asprintf(&rule->name, "rule %zu", r->n + 1) == -1)
		rule->name = NULL;
	if (rule->name == NULL)
		return err_memory(e);
	r->n++;
	rc = sqlite3_prepare_v3(
	    r->db->handle, sql, (int)(src->len - head->at), SQLITE_PREPARE_PERSISTENT, &rule->st, &tail);
	if (rc != SQLITE_OK)
		return prepare_err(r, src, head, e);
	*end = (size_t)(tail - src->text);
	if (audit_statement(audit, r->db->handle, sql, *end - head->at, e) == -1)
		return place_err(src, head->at, e);
	return compile_parameters(r, rule, src, head->at, *end, e);
}

static int
compile_all(struct rules *r, const struct source_text *src, struct err *e)
{
	struct split_head head;
	struct audit audit = { 0 };
	size_t at = 0;
	int result = -1;

	if (audit_init(&audit, r->db->handle, e) == -1)
		return -1;
	sandbox_enter(&r->sandbox, INT64_MAX);
	while (split_next(src->text, src->len, at, &head)) {
		if (r->n == BOUND_RULES_STATEMENTS) {
			err_set(e, ERR_CONFIG, "rules", "more than %d statements", BOUND_RULES_STATEMENTS);
			place_err(src, head.at, e);
			goto out;
		}
		if (compile_one(r, src, &head, &audit, &at, e) == -1)
			goto out;
	}
	result = 0;
out:
	sandbox_leave(&r->sandbox);
	audit_release(&audit);
	return result;
}

/* jobrun's own statements around an item. */
static int
prepare_savepoints(struct rules *r, struct err *e)
{
	const struct {
		sqlite3_stmt **st;
		const char *sql;
	} own[] = {
		{ &r->savepoint, "SAVEPOINT jobrun_item" },
		{ &r->rollback_to, "ROLLBACK TO jobrun_item" },
		{ &r->release, "RELEASE jobrun_item" },
		{ &r->rollback, "ROLLBACK" },
	};
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (sqlite3_prepare_v3(r->db->handle, own[i].sql, -1, SQLITE_PREPARE_PERSISTENT, own[i].st, NULL) !=
		    SQLITE_OK)
			return db_err(r->db, e, "prepare the rules");
	return 0;
}

int
rules_compile(struct rules **out, struct db *db, const char *text, size_t len, const char *file, int64_t timeout_ms,
    struct err *e)
{
	const struct source_text src = { .text = text, .file = file, .len = len };
	struct rules *r;

	*out = NULL;
	if (check_text(&src, e) == -1)
		return -1;
	if ((r = calloc(1, sizeof(*r))) == NULL)
		return err_memory(e);
	r->db = db;
	r->timeout_ms = timeout_ms;
	if ((r->rule = calloc(BOUND_RULES_STATEMENTS, sizeof(*r->rule))) == NULL) {
		err_memory(e);
		goto out;
	}
	if (sandbox_init(&r->sandbox, db->handle, e) == -1 || prepare_savepoints(r, e) == -1 ||
	    compile_all(r, &src, e) == -1)
		goto out;
	*out = r;
	r = NULL;
out:
	rules_free(r);
	return *out != NULL ? 0 : -1;
}
