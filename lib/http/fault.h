/*
 * What a failure of libcurl, or a status, means: as an outcome, as a stable
 * code, and in words. Each row of the table is public interface (APP_EXCEPTION_LOG.Code).
 */
#ifndef HTTP_FAULT_H
#define HTTP_FAULT_H

#include <stdbool.h>

#include <curl/curl.h>

#include "base/err.h"
#include "http/retry.h"

/* What is known of an attempt that failed: libcurl's code alone holds several causes. */
struct fault_seen {
	CURLcode curl;
	bool answered;      /* the final answer's headers were whole */
	bool proxy;         /* by way of one */
	bool address;       /* it has an address in place of a name */
	bool resolved;      /* the name was */
	bool begun;         /* something of an answer came */
	long verify;        /* OpenSSL's verdict on the certificate */
	const char *detail; /* libcurl's own words, or "" */
};

/* When a row counts, beside its code of libcurl. */
enum fault_when {
	FAULT_ALWAYS,
	FAULT_ANSWERED,
	FAULT_PROXY,
	FAULT_ADDRESS,
	FAULT_UNRESOLVED,
	FAULT_BEGUN,
	FAULT_VERIFY, /* the verdict is which */
	FAULT_SAYS,   /* the detail holds says: for what libcurl and OpenSSL tell in no other way */
};

struct fault {
	CURLcode curl;
	enum fault_when when;
	long which;
	const char *says;
	enum outcome outcome;
	enum err_kind kind;
	const char *code, *words; /* words: what happened, and how to mend it where a person can */
};

/* The first row that fits; one for all that are not in the table. Never NULL. */
const struct fault *fault_of(const struct fault_seen *seen);

/* What the multi handle itself says: fills e. Returns -1. */
int fault_multi(CURLMcode curl, struct err *e);

/* What a person may do about a status, or NULL. */
const char *fault_hint(long status);

#endif
