#include "http/headers.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "base/buf.h"

/* Shorter values are words that a message needs, not secrets. */
#define SECRET_LEAST 8

bool
headers_is_name(const char *name)
{
	static const char tchar[] = "!#$%&'*+-.^_`|~0123456789"
	                            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	return name[0] != '\0' && name[strspn(name, tchar)] == '\0';
}

/* No control character but the tab: a line break would begin a header of somebody else's. */
static bool
is_value(const char *value)
{
	for (; *value != '\0'; value++)
		if (((unsigned char)*value < ' ' && *value != '\t') || *value == 0x7f)
			return false;
	return true;
}

/* What frames the message is libcurl's to say; saying it twice is how requests are smuggled. */
bool
headers_is_reserved(const char *name)
{
	static const char *const reserved[] = { "Content-Length", "Transfer-Encoding", "Connection", "Expect",
		"Accept-Encoding", "Upgrade", "TE", "Trailer", "Keep-Alive" };
	size_t i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcasecmp(name, reserved[i]) == 0)
			return true;
	return false;
}

/* Appends "name: value". 0 or -1: no memory. */
static int
add(struct curl_slist **list, const char *name, const char *value)
{
	struct curl_slist *longer = NULL;
	struct buf line;

	buf_init(&line, SIZE_MAX / 2);
	/* To libcurl "Name:" takes a header away; "Name;" sends it with no value. */
	if (value[0] == '\0' ? buf_addf(&line, "%s;", name) == 0 : buf_addf(&line, "%s: %s", name, value) == 0)
		longer = curl_slist_append(*list, line.at);
	buf_wipe(&line);
	if (longer == NULL)
		return -1;
	*list = longer;
	return 0;
}

/* Base64 (RFC 4648), as Basic wants it. 0 or -1. */
static int
add_base64(struct buf *to, const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *s = (const unsigned char *)text;
	size_t len = strlen(text), i;
	uint32_t group;

	for (i = 0; i < len; i += 3) {
		group = (uint32_t)s[i] << 16;
		group |= i + 1 < len ? (uint32_t)s[i + 1] << 8 : 0;
		group |= i + 2 < len ? s[i + 2] : 0;
		if (buf_addc(to, digits[group >> 18 & 63]) == -1 || buf_addc(to, digits[group >> 12 & 63]) == -1 ||
		    buf_addc(to, i + 1 < len ? digits[group >> 6 & 63] : '=') == -1 ||
		    buf_addc(to, i + 2 < len ? digits[group & 63] : '=') == -1)
			return -1;
	}
	return 0;
}

/* Built here and not by libcurl, so that it can be wiped. 0 or -1 with e. */
static int
add_basic(struct curl_slist **list, const char *user, const char *password, struct err *e)
{
	struct buf plain, value;
	int rc = -1;

	/* Room at once: a buffer that grows leaves copies behind. */
	buf_init(&plain, 4 * BOUND_SECRET_BYTES);
	buf_init(&value, 8 * BOUND_SECRET_BYTES);
	if (strchr(user, ':') != NULL) {
		err_set(
		    e, ERR_CONFIG, "header_invalid", "the user name for Basic holds a colon (RFC 7617 allows none)");
		goto out;
	}
	if (strlen(user) > BOUND_SECRET_BYTES || strlen(password) > BOUND_SECRET_BYTES) {
		err_set(e, ERR_CONFIG, "header_invalid",
		    "the user name or the password for Basic is longer than %d bytes", BOUND_SECRET_BYTES);
		goto out;
	}
	if (buf_reserve(&plain, 2 * BOUND_SECRET_BYTES + 1) == -1 ||
	    buf_reserve(&value, 4 * BOUND_SECRET_BYTES) == -1 || buf_addf(&plain, "%s:%s", user, password) == -1 ||
	    buf_adds(&value, "Basic ") == -1 || add_base64(&value, plain.at) == -1 ||
	    add(list, "Authorization", value.at) == -1)
		err_memory(e);
	else
		rc = 0;
out:
	buf_wipe(&plain);
	buf_wipe(&value);
	return rc;
}

static bool
names(const struct http_request *request, const char *name)
{
	size_t i;

	for (i = 0; i < request->n_headers; i++)
		if (strcasecmp(request->headers[i].name, name) == 0)
			return true;
	return false;
}

static int
add_own(struct curl_slist **list, const struct http_header *h, struct err *e)
{
	if (!headers_is_name(h->name))
		return err_set(e, ERR_CONFIG, "header_invalid", "\"%s\" is no name for a header", h->name);
	if (headers_is_reserved(h->name))
		return err_set(
		    e, ERR_CONFIG, "header_invalid", "the header %s cannot be set: it is jobrun's own", h->name);
	if (!is_value(h->value))
		return err_set(e, ERR_CONFIG, "header_invalid",
		    "the value of the header %s holds a line break or another control character", h->name);
	if (add(list, h->name, h->value) == -1)
		return err_memory(e);
	return 0;
}

/* An empty line takes libcurl's own away: it asks whether a body over 1 MiB is welcome, and many servers never say. */
static int
drop_expect(struct curl_slist **list)
{
	struct curl_slist *longer = curl_slist_append(*list, "Expect:");

	if (longer == NULL)
		return -1;
	*list = longer;
	return 0;
}

struct curl_slist *
headers_new(const struct http_request *request, struct err *e)
{
	struct curl_slist *list = NULL;
	size_t i;

	if ((!names(request, "Accept") && add(&list, "Accept", "application/json, application/x-ndjson") == -1) ||
	    (request->body != NULL && !names(request, "Content-Type") &&
	        add(&list, "Content-Type", "application/json") == -1) ||
	    drop_expect(&list) == -1) {
		err_memory(e);
		goto fail;
	}
	for (i = 0; i < request->n_headers; i++)
		if (add_own(&list, &request->headers[i], e) == -1)
			goto fail;
	if (request->user != NULL && add_basic(&list, request->user, request->password, e) == -1)
		goto fail;
	return list;
fail:
	headers_free(list);
	return NULL;
}

void
headers_free(struct curl_slist *headers)
{
	struct curl_slist *h;

	for (h = headers; h != NULL; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	curl_slist_free_all(headers);
}

static void
blank_out(char *text, const char *secret)
{
	size_t len = strlen(secret), end = strlen(text), n;
	char *at;

	if (len < SECRET_LEAST)
		return;
	for (at = text; (at = strstr(at, secret)) != NULL; at += len)
		memset(at, '*', len);
	/* An excerpt may end amid it. */
	for (n = len < end ? len : end; n >= SECRET_LEAST; n--)
		if (memcmp(text + end - n, secret, n) == 0)
			memset(text + end - n, '*', n);
}

void
headers_redact(const struct curl_slist *headers, const char *password, char *text)
{
	const char *value, *word;

	for (; headers != NULL; headers = headers->next) {
		if ((value = strchr(headers->data, ':')) == NULL || strncasecmp(headers->data, "Accept", 6) == 0 ||
		    strncasecmp(headers->data, "Content-Type", 12) == 0)
			continue;
		value += 1 + strspn(value + 1, " ");
		blank_out(text, value);
		/* "Bearer TOKEN": the token alone too. */
		if ((word = strrchr(value, ' ')) != NULL)
			blank_out(text, word + 1);
	}
	if (password != NULL)
		blank_out(text, password);
}
