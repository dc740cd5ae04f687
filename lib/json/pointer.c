#include "json/pointer.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"

static int
refuse(struct json_pointer *p, const char *text, struct err *e, const char *why)
{
	json_pointer_release(p);
	return err_set(e, ERR_CONFIG, "pointer", "no JSON Pointer: %s: \"%s\"", why, text);
}

/* Undoes ~0 and ~1 in place, the only two there are. 0, or -1 for any other tilde. */
static int
undo_tildes(char *token, size_t *len)
{
	char *to = token;
	size_t i;

	for (i = 0; i < *len; i++) {
		if (token[i] != '~') {
			*to++ = token[i];
			continue;
		}
		if (++i == *len || (token[i] != '0' && token[i] != '1'))
			return -1;
		*to++ = token[i] == '0' ? '~' : '/';
	}
	*to = '\0';
	*len = (size_t)(to - token);
	return 0;
}

int
json_pointer_parse(struct json_pointer *p, const char *text, struct err *e)
{
	char *at, *end;
	bool more;

	*p = (struct json_pointer){ .n = 0 };
	if (text[0] != '\0' && text[0] != '/')
		return refuse(p, text, e, "it must be empty or begin with '/'");
	if ((p->text = strdup(text)) == NULL)
		return err_memory(e);
	for (at = p->text, more = *at == '/'; more; at = end) {
		if (p->n == JSON_POINTER_TOKENS)
			return refuse(p, text, e, "it is too deep");
		/* Behind the slash; the next one gives way to a NUL, so whether it was there is noted first. */
		end = strchrnul(++at, '/');
		more = *end == '/';
		p->token[p->n] = at;
		p->len[p->n] = (size_t)(end - at);
		if (p->len[p->n] > BOUND_JSON_NAME)
			return refuse(p, text, e, "one of its names is too long");
		if (undo_tildes(at, &p->len[p->n]) == -1)
			return refuse(p, text, e, "'~' stands only in ~0 (for '~') and ~1 (for '/')");
		p->n++;
	}
	return 0;
}

void
json_pointer_release(struct json_pointer *p)
{
	free(p->text);
	*p = (struct json_pointer){ .n = 0 };
}

int
json_pointer_is_index(const struct json_pointer *p, size_t i, size_t index)
{
	const char *token = p->token[i];
	size_t value = 0, k;

	if (p->len[i] == 0 || (token[0] == '0' && p->len[i] > 1))
		return 0;
	for (k = 0; k < p->len[i]; k++) {
		if (token[k] < '0' || token[k] > '9' || value > (SIZE_MAX - 9) / 10)
			return 0;
		value = value * 10 + (size_t)(token[k] - '0');
	}
	return value == index;
}
