#include "json/value.h"

#include "json/walk.h"

const char *
json_kind_name(enum json_kind kind)
{
	static const char *const names[] = {
		[JSON_ABSENT] = "absent",
		[JSON_NULL] = "null",
		[JSON_FALSE] = "false",
		[JSON_TRUE] = "true",
		[JSON_NUMBER] = "a number",
		[JSON_STRING] = "a string",
		[JSON_ARRAY] = "an array",
		[JSON_OBJECT] = "an object",
	};

	return names[kind];
}

struct json_value
json_value_of(const char *text, size_t len)
{
	enum json_kind kind;

	if (len == 0)
		return (struct json_value){ .kind = JSON_ABSENT };
	switch (text[0]) {
	case 'n':
		kind = JSON_NULL;
		break;
	case 'f':
		kind = JSON_FALSE;
		break;
	case 't':
		kind = JSON_TRUE;
		break;
	case '"':
		kind = JSON_STRING;
		break;
	case '[':
		kind = JSON_ARRAY;
		break;
	case '{':
		kind = JSON_OBJECT;
		break;
	default:
		kind = JSON_NUMBER;
		break;
	}
	return (struct json_value){ .kind = kind, .at = text, .len = len };
}

static const char *
walk_container(const char *p, const char *end)
{
	bool escaped;
	size_t depth = 0;

	while (p < end) {
		switch (*p) {
		case '"':
			p = walk_string(p, end, &escaped);
			continue;
		case '[':
		case '{':
			depth++;
			break;
		case ']':
		case '}':
			depth--;
			break;
		default:
			break;
		}
		p++;
		if (depth == 0)
			return p;
	}
	return end;
}

const char *
walk_value(const char *p, const char *end)
{
	bool escaped;

	if (p == end)
		return end;
	if (*p == '"')
		return walk_string(p, end, &escaped);
	if (*p == '{' || *p == '[')
		return walk_container(p, end);
	while (p < end && *p != ',' && *p != ']' && *p != '}' && walk_blanks(p, end) == p)
		p++;
	return p;
}

bool
json_array_next(struct json_value array, size_t *at, struct json_value *out)
{
	const char *end = array.at + array.len, *p, *behind;

	if (array.kind != JSON_ARRAY)
		return false;
	p = walk_blanks(array.at + (*at == 0 ? 1 : *at), end);
	if (p < end && *p == ',')
		p = walk_blanks(p + 1, end);
	if (p == end || *p == ']')
		return false;
	behind = walk_value(p, end);
	*out = json_value_of(p, (size_t)(behind - p));
	*at = (size_t)(behind - array.at);
	return true;
}

static struct json_value
child(struct json_value parent, const struct json_pointer *p, size_t i)
{
	const char *at = parent.at + 1, *end = parent.at + parent.len;
	struct json_value element;
	struct json_member m;
	size_t from = 0, index = 0;
	bool escaped = false;

	if (parent.kind == JSON_OBJECT) {
		while (walk_member(&at, end, &m, &escaped))
			if (json_string_is(m.key, p->token[i], p->len[i]))
				return m.value;
	} else if (parent.kind == JSON_ARRAY) {
		for (; json_array_next(parent, &from, &element); index++)
			if (json_pointer_is_index(p, i, index))
				return element;
	}
	return (struct json_value){ .kind = JSON_ABSENT };
}

struct json_value
json_find(struct json_value root, const struct json_pointer *p)
{
	size_t i;

	for (i = 0; i < p->n && root.kind != JSON_ABSENT; i++)
		root = child(root, p, i);
	return root;
}
