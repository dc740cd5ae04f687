/*
 * The Link header (RFC 8288), read as its Appendix B.2 says.
 */
#ifndef HTTP_LINK_H
#define HTTP_LINK_H

#include <stdbool.h>
#include <stddef.h>

/* The target of the first link of this relation type, within header; *len is its length. NULL: there is none. */
const char *link_target(const char *header, const char *rel, size_t *len);

#endif
