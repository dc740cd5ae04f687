/*
 * An array that grows: its owner keeps where it is, how many elements are in use, and for how many there is room.
 */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

/*
 * Room for one more than n elements of size bytes: at itself (NULL with *cap 0: none yet) or, grown by doubling, what
 * takes its place, and *cap. NULL: no memory, and at and *cap are as they were.
 */
void *array_room(void *at, size_t n, size_t *cap, size_t size);

#endif
