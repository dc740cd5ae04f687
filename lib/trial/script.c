#include "trial/script.h"

#include <unistd.h>

#include "base/bounds.h"
#include "base/disk.h"
#include "rules/split.h"
#include "store/model.h"

static int
place_err(const char *path, const struct buf *text, size_t at, struct err *e)
{
	size_t line, column;

	split_place(text->at, at, &line, &column);
	return err_prefix(e, "%s:%zu:%zu: ", path, line, column);
}

static int
check_text(const char *path, const struct buf *text, struct err *e)
{
	size_t at;

	if (split_bad_text(text->at, text->len, &at))
		err_set(e, ERR_CONFIG, "sql", "a byte that is not valid UTF-8 text: save the file as UTF-8");
	else if (split_open_comment(text->at, text->len, &at))
		err_set(e, ERR_CONFIG, "sql", "this comment never ends: close it with */");
	else
		return 0;
	return place_err(path, text, at, e);
}

static int
begin_section(struct buf *out, const struct split_head *head, size_t number, struct err *e)
{
	int ret =
	    head->name[0] != '\0' ? buf_addf(out, "\n-- %s\n", head->name) : buf_addf(out, "\n-- query %zu\n", number);

	if (ret == 0 || out->short_of_memory)
		return ret == 0 ? 0 : err_memory(e);
	return err_set(e, ERR_CONFIG, "trial", "what came out is larger than %zu bytes", out->max);
}

static int
run_all(struct db *db, const char *path, const struct buf *text, struct buf *out, struct err *e)
{
	struct split_head head;
	size_t at = 0, used, number = 0, before;

	for (; split_next(text->at, text->len, at, &head); at = head.at + used) {
		number++;
		if (out != NULL && begin_section(out, &head, number, e) == -1)
			return -1;
		before = out != NULL ? out->len : 0;
		if (model_statement(db, text->at + head.at, text->len - head.at, out, &used, e) == -1)
			return place_err(path, text, head.at + used, e);
		if (out != NULL && out->len == before && buf_adds(out, "(no rows)\n") == -1)
			return err_memory(e);
	}
	if (model_is_open(db))
		return err_set(e, ERR_CONFIG, "sql", "%s: a transaction is open at its end: COMMIT lacks", path);
	return 0;
}

int
script_run(struct db *db, const char *path, struct buf *out, struct err *e)
{
	struct buf text;
	int ret;

	if (access(path, F_OK) == -1)
		return 1;
	buf_init(&text, BOUND_TRIAL_FILE);
	ret = disk_read(path, &text, e);
	if (ret == 0 && text.len > 0 && (ret = check_text(path, &text, e)) == 0)
		ret = run_all(db, path, &text, out, e);
	buf_release(&text);
	return ret;
}
