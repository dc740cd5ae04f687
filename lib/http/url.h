/*
 * URLs by libcurl's parser (RFC 3986), so that what is checked is what is
 * dialled. No message repeats a URL: it may hold what somebody should not
 * have written there.
 */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * "https://host:port", lower case, the port always there; owned. NULL with e
 * (ERR_CONFIG, "url_invalid"): not http or https, no host, a user in it, a
 * control character or a blank. A query or a fragment is passed over.
 */
char *url_origin(const char *url, struct err *e);

/*
 * A base URL as configurations may give it: as above, and no query or
 * fragment. 0 or -1 (ERR_CONFIG).
 */
int url_check_base(const char *url, struct err *e);

/* Is the host 127.0.0.0/8, ::1 or localhost, however it is spelled? 1, 0 (also if it is no URL), or -1: no memory. */
int url_is_loopback(const char *url, struct err *e);

/*
 * A next-page link or a Location, relative or absolute, against the URL it
 * came from: the absolute URL without a fragment (owned), or NULL with e: "link_invalid", or
 * "link_other_origin" (both ERR_UNAVAILABLE) since only the same origin is followed.
 */
char *url_follow(const char *from, const char *link, struct err *e);

/*
 * The URL with this parameter in its query, percent-encoded, in place of any
 * that were there by that name; value NULL: without them. What else is there
 * stays as it was written, but for a fragment, which goes. Owned; NULL: no memory.
 */
char *url_with(const char *url, const char *name, const char *value);

/* Is the host an address, in dotted or bracketed form? Then nobody is asked for it. */
bool url_is_address(const char *url);

/*
 * What a request for the URL names (RFC 9112, 3.2.1): its path and its query as they are written, and "/" where there
 * is no path. Owned; NULL: no memory.
 */
char *url_target(const char *url);

/* How many bytes of the URL may be shown: all before its query. For "%.*s". */
int url_shown(const char *url);

#endif
