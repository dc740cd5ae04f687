#include "config/field.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

int
field_text(const struct field *f, char **out, struct err *e)
{
	struct buf b;
	char *text;

	if (f->value.kind != JSON_STRING) {
		field_wrong(f, "a string", e);
		return -1;
	}
	/* Decoded text is never longer than what it is written as. */
	buf_init(&b, f->value.len);
	switch (json_text(f->value, &b)) {
	case 0:
		break;
	case 1:
		buf_release(&b);
		field_fault(f, e, "holds half of a surrogate pair, which is no character");
		return -1;
	default:
		buf_release(&b);
		err_memory(e);
		return -1;
	}
	/* It would end the C string: what is checked must be what is used. */
	if (memchr(buf_text(&b), '\0', b.len) != NULL) {
		buf_release(&b);
		field_fault(f, e, "holds a NUL character; remove it");
		return -1;
	}
	text = strdup(buf_text(&b));
	buf_release(&b);
	if (text == NULL) {
		err_memory(e);
		return -1;
	}
	free(*out);
	*out = text;
	return 0;
}

/* C0, DEL and C1 (U+0080 to U+009F are C2 80 to C2 9F in UTF-8). */
static bool
has_control(const char *text)
{
	const unsigned char *s;

	for (s = (const unsigned char *)text; *s != '\0'; s++)
		if (*s < 0x20 || *s == 0x7f || (*s == 0xc2 && s[1] < 0xa0))
			return true;
	return false;
}

int
field_line(const struct field *f, size_t most, char **out, struct err *e)
{
	char *text = NULL;
	int ret;

	if (field_text(f, &text, e) == -1)
		return -1;
	if (text[0] == '\0')
		ret = field_fault(f, e, "is empty; give at least one character");
	else if (strlen(text) > most)
		ret = field_fault(f, e, "is %zu bytes long; at most %zu are allowed", strlen(text), most);
	else if (has_control(text))
		ret = field_fault(f, e, "holds a control character (a line break or a tab, perhaps); remove it");
	else
		ret = 0;
	if (ret == -1) {
		free(text);
		return -1;
	}
	free(*out);
	*out = text;
	return 0;
}

int
field_bool(const struct field *f, bool *out, struct err *e)
{
	if (f->value.kind != JSON_TRUE && f->value.kind != JSON_FALSE)
		return field_wrong_value(f, "true or false", e);
	*out = f->value.kind == JSON_TRUE;
	return 0;
}

int
field_int(const struct field *f, int64_t least, int64_t most, int64_t *out, struct err *e)
{
	char expected[100];
	int64_t n;

	if (f->value.kind == JSON_NUMBER && json_int64(f->value, &n) == 0 && n >= least && n <= most) {
		*out = n;
		return 0;
	}
	if (most == INT64_MAX)
		snprintf(expected, sizeof(expected), "a whole number, %lld or more", (long long)least);
	else
		snprintf(
		    expected, sizeof(expected), "a whole number from %lld to %lld", (long long)least, (long long)most);
	return field_wrong_value(f, expected, e);
}

int
field_number(const struct field *f, double least, double most, const char *expected, double *out, struct err *e)
{
	double n;

	if (f->value.kind != JSON_NUMBER || json_double(f->value, &n) == -1 || n < least || n > most) {
		field_wrong_value(f, expected, e);
		return -1;
	}
	*out = n;
	return 0;
}

int
field_seconds(const struct field *f, double least, double most, const char *expected, int64_t *ms, struct err *e)
{
	double seconds;

	if (field_number(f, least, most, expected, &seconds, e) == -1)
		return -1;
	/* 0 ms would mean no timeout at all to libcurl. */
	*ms = llround(seconds * 1000);
	if (*ms < 1)
		*ms = 1;
	return 0;
}

int
field_pointer(const struct field *f, struct json_pointer *p, struct err *e)
{
	struct err why = ERR_INIT;
	char *text = NULL;
	int ret = -1;

	if (field_text(f, &text, e) == -1)
		return -1;
	json_pointer_release(p);
	*p = (struct json_pointer){ 0 };
	if (json_pointer_parse(p, text, &why) == 0)
		ret = 0;
	else if (why.kind != ERR_CONFIG)
		err_memory(e);
	else
		field_fault(f, e, "%s", why.text);
	if (ret == -1)
		*p = (struct json_pointer){ 0 };
	free(text);
	return ret;
}

int
field_default(char **text, const char *value, struct err *e)
{
	if (*text == NULL && (*text = strdup(value)) == NULL)
		return err_memory(e);
	return 0;
}
