/*
 * Handing out records, whole or in pages of every common kind. Each is a
 * route_fn; the answer streams from the store after the transaction ended.
 */
#ifndef FETCH_H
#define FETCH_H

#include "routes.h"

/* All there is, as one JSON array, or as NDJSON. */
route_fn fetch_all, fetch_lines;

/* A page: {"items":[…],"next":URL}; an array with a Link header; {"data":{"items":[…]},"cursor":…}. */
route_fn fetch_next, fetch_link, fetch_cursor;

/* A page that the client counts itself: by offset and limit, or by page and per_page. */
route_fn fetch_offset, fetch_page;

#endif
