/*
 * What a failure of libcurl, or a status, means: as an outcome, as a stable
 * code, and in words. Each row of the table is public interface (APP_EXCEPTION_LOG.Code).
 */
#ifndef HTTP_FAULT_H
#define HTTP_FAULT_H

#include <curl/curl.h>

#include "base/err.h"
#include "http/retry.h"

struct fault {
	CURLcode curl;
	enum outcome outcome;
	enum err_kind kind;
	const char *code, *words; /* words: what happened, and how to mend it where a person can */
};

/* The row of a libcurl failure; one for all that are not in the table. Never NULL. */
const struct fault *fault_of(CURLcode curl);

/* What the multi handle itself says: fills e. Returns -1. */
int fault_multi(CURLMcode curl, struct err *e);

/* What a person may do about a status, or NULL. */
const char *fault_hint(long status);

#endif
