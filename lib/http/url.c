#include "http/url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/bounds.h"
#include "base/buf.h"

/* Control characters and blanks: libcurl lets some of them through in a path. */
static bool
is_clean(const char *url)
{
	for (; *url != '\0'; url++)
		if ((unsigned char)*url <= ' ' || *url == 0x7f)
			return false;
	return true;
}

/* libcurl takes one to three slashes; "http:/host" and "http:///path" are slips of the pen. */
static bool
has_authority(const char *url)
{
	const char *slashes = strstr(url, "://");

	return slashes != NULL && slashes[3] != '/' && slashes[3] != '\0';
}

/* What a part of the URL holds, owned by libcurl; NULL if there is none, or no memory. */
static char *
part(CURLU *u, CURLUPart which, unsigned flags)
{
	char *text = NULL;

	return curl_url_get(u, which, &text, flags) == CURLUE_OK ? text : NULL;
}

/* What libcurl has against a URL, in our words. */
static void
explain(CURLUcode rc, struct err *e)
{
	if (rc == CURLUE_OUT_OF_MEMORY)
		err_memory(e);
	else if (rc == CURLUE_USER_NOT_ALLOWED)
		err_set(e, ERR_CONFIG, "url_invalid",
		    "the URL holds a user name or a password: take it out, and give it as Auth");
	else
		err_set(e, ERR_CONFIG, "url_invalid", "not a usable URL (%s): write it as https://host/path",
		    curl_url_strerror(rc));
}

/* An http or https URL with a host and no user, parsed; NULL with e. */
static CURLU *
parse(const char *url, struct err *e)
{
	CURLU *u = NULL;
	CURLUcode rc;
	char *scheme = NULL;

	if (!is_clean(url)) {
		err_set(
		    e, ERR_CONFIG, "url_invalid", "the URL holds a blank or a control character: percent-encode it");
		return NULL;
	}
	if ((u = curl_url()) == NULL) {
		err_memory(e);
		return NULL;
	}
	if ((rc = curl_url_set(u, CURLUPART_URL, url, CURLU_PATH_AS_IS | CURLU_DISALLOW_USER)) != CURLUE_OK ||
	    (rc = curl_url_get(u, CURLUPART_SCHEME, &scheme, 0)) != CURLUE_OK) {
		explain(rc, e);
		goto fail;
	}
	if ((strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) || !has_authority(url)) {
		err_set(e, ERR_CONFIG, "url_invalid", "not an http or https URL: write it as https://host/path");
		goto fail;
	}
	curl_free(scheme);
	return u;
fail:
	curl_free(scheme);
	curl_url_cleanup(u);
	return NULL;
}

/* "scheme://host:port" of a parsed URL, owned; NULL: no memory. */
static char *
origin_of(CURLU *u)
{
	char *scheme = part(u, CURLUPART_SCHEME, 0), *host = part(u, CURLUPART_HOST, 0);
	char *port = part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT), *zone = NULL, *c;
	CURLUcode rc = curl_url_get(u, CURLUPART_ZONEID, &zone, 0);
	struct buf text;

	buf_init(&text, BOUND_URL);
	if (scheme == NULL || host == NULL || port == NULL || (rc != CURLUE_OK && rc != CURLUE_NO_ZONEID) ||
	    buf_addf(&text, "%s://%s", scheme, host) == -1)
		goto fail;
	/* The same link-local address is another host on each interface. */
	if (zone != NULL && (buf_addc(&text, '%') == -1 || buf_adds(&text, zone) == -1))
		goto fail;
	if (buf_addc(&text, ':') == -1 || buf_adds(&text, port) == -1)
		goto fail;
	for (c = text.at; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	goto out;
fail:
	buf_release(&text);
out:
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(zone);
	return text.at;
}

char *
url_origin(const char *url, struct err *e)
{
	CURLU *u;
	char *origin;

	if ((u = parse(url, e)) == NULL)
		return NULL;
	if ((origin = origin_of(u)) == NULL)
		err_memory(e);
	curl_url_cleanup(u);
	return origin;
}

int
url_check_base(const char *url, struct err *e)
{
	CURLU *u;
	int rc = 0;

	if (strlen(url) > BOUND_URL)
		return err_set(e, ERR_CONFIG, "url_invalid", "the URL is longer than %d bytes", BOUND_URL);
	if ((u = parse(url, e)) == NULL)
		return -1;
	/* By the text, since libcurl reports no part for a bare "?" or "#", which would still swallow what is appended. */
	if (strpbrk(url, "?#") != NULL)
		rc = err_set(e, ERR_CONFIG, "url_invalid",
		    "a base URL takes no query or fragment: give parameters as Fetch.Query");
	curl_url_cleanup(u);
	return rc;
}

/* libcurl has brought 127.1, 0x7f000001 and the like into dotted form already. */
static bool
is_loopback_host(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;
	char bare[INET6_ADDRSTRLEN];
	size_t len = strlen(host);

	if (strcasecmp(host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	if (len < 3 || host[0] != '[' || len - 2 >= sizeof(bare))
		return false;
	memcpy(bare, host + 1, len - 2);
	bare[len - 2] = '\0';
	if (inet_pton(AF_INET6, bare, &v6) != 1)
		return false;
	return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

int
url_is_loopback(const char *url, struct err *e)
{
	struct err why = ERR_INIT;
	CURLU *u;
	char *host;
	int is;

	if ((u = parse(url, &why)) == NULL)
		return why.kind == ERR_INTERNAL ? err_memory(e) : 0;
	host = part(u, CURLUPART_HOST, 0);
	is = host != NULL ? is_loopback_host(host) : err_memory(e);
	curl_free(host);
	curl_url_cleanup(u);
	return is;
}

/* The link against where it came from, as libcurl's text; NULL with e. */
static char *
resolve(CURLU *u, const char *link, struct err *e)
{
	CURLUcode rc = CURLUE_OK;
	const char *c;
	char *to = NULL;

	for (c = link; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f) {
			err_set(e, ERR_UNAVAILABLE, "link_invalid", "the link holds a control character");
			return NULL;
		}
	}
	/* An empty reference is the document itself (RFC 3986, 5.2.2); libcurl would cut its last segment off. */
	if (link[0] != '\0' && link[0] != '#')
		rc = curl_url_set(u, CURLUPART_URL, link, CURLU_URLENCODE | CURLU_ALLOW_SPACE | CURLU_DISALLOW_USER);
	if (rc == CURLUE_OK)
		rc = curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
	if (rc == CURLUE_OK)
		rc = curl_url_get(u, CURLUPART_URL, &to, 0);
	if (rc == CURLUE_OUT_OF_MEMORY)
		err_memory(e);
	else if (rc != CURLUE_OK)
		err_set(e, ERR_UNAVAILABLE, "link_invalid", "the link is no URL (%s)", curl_url_strerror(rc));
	else if (strlen(to) > BOUND_URL)
		err_set(e, ERR_UNAVAILABLE, "link_invalid", "the link is longer than %d bytes", BOUND_URL);
	else
		return to;
	curl_free(to);
	return NULL;
}

char *
url_follow(const char *from, const char *link, struct err *e)
{
	CURLU *u = NULL;
	char *here = NULL, *there = NULL, *to = NULL, *result = NULL;
	struct err why = ERR_INIT;

	if ((u = parse(from, e)) == NULL)
		goto out;
	if ((here = origin_of(u)) == NULL) {
		err_memory(e);
		goto out;
	}
	if ((to = resolve(u, link, e)) == NULL)
		goto out;
	/* Parsed anew from its text, so that what is compared is what the engine will see. */
	if ((there = url_origin(to, &why)) == NULL && why.kind != ERR_INTERNAL)
		err_set(e, ERR_UNAVAILABLE, "link_invalid", "the link cannot be followed: %s", why.text);
	else if (there != NULL && strcmp(here, there) != 0)
		err_set(e, ERR_UNAVAILABLE, "link_other_origin",
		    "the link leads to another origin (%s, not %s): only links within the same origin are followed",
		    there, here);
	else if (there == NULL || (result = strdup(to)) == NULL)
		err_memory(e);
out:
	curl_url_cleanup(u);
	curl_free(to);
	free(here);
	free(there);
	return result;
}

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0'
	    : c >= 'a' && c <= 'f'  ? c - 'a' + 10
	    : c >= 'A' && c <= 'F'  ? c - 'A' + 10
	                            : -1;
}

/* Does a written, maybe percent-encoded name of len bytes spell this one? */
static bool
spells(const char *written, size_t len, const char *name)
{
	size_t i, n;

	for (i = 0; i < len; i += n, name++) {
		unsigned char c = (unsigned char)written[i];

		n = 1;
		if (c == '%' && len - i > 2 && hex(written[i + 1]) >= 0 && hex(written[i + 2]) >= 0) {
			c = (unsigned char)(hex(written[i + 1]) * 16 + hex(written[i + 2]));
			n = 3;
		}
		if (*name == '\0' || c != (unsigned char)*name)
			return false;
	}
	return *name == '\0';
}

/* Appends the parameters of a query but those of this name; *mark is what goes before the next one. */
static int
copy_others(struct buf *to, const char *query, size_t len, const char *name, char *mark)
{
	const char *end = query + len, *next;
	size_t n;

	for (; query < end; query = next) {
		n = strcspn(query, "&#");
		next = query + n + (query + n < end ? 1 : 0);
		if (n == 0 || spells(query, strcspn(query, "=&#"), name))
			continue;
		if (buf_addc(to, *mark) == -1 || buf_add(to, query, n) == -1)
			return -1;
		*mark = '&';
	}
	return 0;
}

char *
url_with(const char *url, const char *name, const char *value)
{
	size_t path = strcspn(url, "?#");
	char mark = '?', *escaped_name = NULL, *escaped = NULL;
	struct buf to;

	/* The engine refuses what is too long, in its own words. */
	buf_init(&to, SIZE_MAX / 2);
	if (buf_add(&to, url, path) == -1)
		goto fail;
	if (url[path] == '?' && copy_others(&to, url + path + 1, strcspn(url + path + 1, "#"), name, &mark) == -1)
		goto fail;
	if (value == NULL)
		return to.at;
	if ((escaped_name = curl_easy_escape(NULL, name, 0)) == NULL ||
	    (escaped = curl_easy_escape(NULL, value, 0)) == NULL ||
	    buf_addf(&to, "%c%s=%s", mark, escaped_name, escaped) == -1)
		goto fail;
	goto out;
fail:
	buf_release(&to);
out:
	curl_free(escaped_name);
	curl_free(escaped);
	return to.at;
}

/* What stands behind the scheme. No URL of ours has a user. */
static const char *
authority_of(const char *url)
{
	const char *slashes = strstr(url, "://");

	return slashes != NULL ? slashes + 3 : url;
}

bool
url_is_address(const char *url)
{
	const char *host = authority_of(url);

	return host[0] == '[' || strspn(host, "0123456789.") == strcspn(host, ":/?#");
}

char *
url_target(const char *url)
{
	const char *authority = authority_of(url), *path = authority + strcspn(authority, "/?#");
	char *target;

	if (asprintf(&target, "%s%.*s", path[0] == '/' ? "" : "/", (int)strcspn(path, "#"), path) == -1)
		return NULL;
	return target;
}

int
url_shown(const char *url)
{
	size_t n = strcspn(url, "?#");

	return n > BOUND_URL ? BOUND_URL : (int)n;
}
