#include "json/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A double's shortest text has 24 characters; nearly all numbers fit here. */
#define USUAL 64

int
json_int64(struct json_value number, int64_t *out)
{
	bool negative;
	uint64_t value = 0, most;
	size_t i;

	if (number.kind != JSON_NUMBER)
		return -1;
	negative = number.at[0] == '-';
	most = (uint64_t)INT64_MAX + (negative ? 1 : 0);
	for (i = negative ? 1 : 0; i < number.len; i++) {
		unsigned digit = (unsigned)number.at[i] - '0';

		if (digit > 9 || value > (most - digit) / 10)
			return -1;
		value = value * 10 + digit;
	}
	/* Negated as unsigned: the least int64 has no positive twin. */
	*out = negative ? (int64_t)(0 - value) : (int64_t)value;
	return 0;
}

int
json_double(struct json_value number, double *out)
{
	char usual[USUAL], *text = usual;

	if (number.kind != JSON_NUMBER)
		return -1;
	if (number.len >= USUAL && (text = malloc(number.len + 1)) == NULL)
		return -1;
	memcpy(text, number.at, number.len);
	text[number.len] = '\0';
	/* LC_NUMERIC is never set, so the point is always a point. */
	*out = strtod(text, NULL);
	if (text != usual)
		free(text);
	return isfinite(*out) ? 0 : -1;
}
