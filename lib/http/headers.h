/*
 * The header lines of a request. They may hold secrets: they are wiped when they are freed.
 */
#ifndef HTTP_HEADERS_H
#define HTTP_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include <curl/curl.h>

#include "base/err.h"
#include "http/engine.h"

/*
 * Checks and builds the lines of a request: its own, Authorization from user
 * and password, Accept and Content-Type unless its own name them, and an empty
 * Expect. NULL with e: ERR_CONFIG "header_invalid" (a line break, a name that is none, a header that
 * belongs to the engine), or no memory. No message holds a value.
 */
struct curl_slist *headers_new(const struct http_request *request, struct err *e);
void headers_free(struct curl_slist *headers);

/* Can a header have this name (RFC 9110, 5.6.2)? Is it one that frames the message, and so the engine's alone? */
bool headers_is_name(const char *name);
bool headers_is_reserved(const char *name);

/* Blanks out, in text, what repeats a value of these lines or the password: some servers echo a request in an error. */
void headers_redact(const struct curl_slist *headers, const char *password, char *text);

#endif
