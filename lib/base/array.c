#include "base/array.h"

#include <stdlib.h>

#define FIRST 16

void *
array_room(void *at, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap == 0 ? FIRST : *cap * 2;
	void *grown;

	if (n < *cap)
		return at;
	if ((grown = reallocarray(at, more, size)) != NULL)
		*cap = more;
	return grown;
}
