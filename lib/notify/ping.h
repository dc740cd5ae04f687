/*
 * What a ping asks for, apart from the asking.
 */
#ifndef NOTIFY_PING_H
#define NOTIFY_PING_H

#include "base/buf.h"
#include "notify/notify.h"

/*
 * Replaces url by that of this ping: its path lengthened by /start or, for a status other than 0, /<status>, and rid in
 * its query; what stood in the query stays. 0 or -1 (no memory, or longer than BOUND_URL).
 */
int ping_url(struct buf *url, enum ping what, int status, const char *rid);

#endif
