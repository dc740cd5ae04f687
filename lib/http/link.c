#include "http/link.h"

#include <string.h>
#include <strings.h>

/* One link-value. All point into the header. */
struct link {
	const char *target, *rel;
	size_t target_len, rel_len;
	bool anchored;
};

static const char *
skip_blanks(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* A quoted-string's text, at its opening quote: its end is behind the closing one, or the header's. */
static const char *
read_quoted(const char *at, const char **text, size_t *len)
{
	*text = ++at;
	while (*at != '\0' && *at != '"')
		at += *at == '\\' && at[1] != '\0' ? 2 : 1;
	*len = (size_t)(at - *text);
	return *at == '"' ? at + 1 : at;
}

static bool
is(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && strncasecmp(text, word, len) == 0;
}

/* One ;name=value behind a target. Returns where it ends. */
static const char *
read_param(const char *at, struct link *link)
{
	const char *name = at = skip_blanks(at), *value = "";
	size_t name_len = strcspn(at, "=;, \t\r\n"), len = 0;

	at = skip_blanks(at + name_len);
	if (*at == '=') {
		at = skip_blanks(at + 1);
		if (*at == '"') {
			at = read_quoted(at, &value, &len);
		} else {
			value = at;
			len = strcspn(at, ";, \t\r\n");
			at += len;
		}
	}
	/* Only the first rel counts (RFC 8288, 3.3). */
	if (is(name, name_len, "rel") && link->rel == NULL) {
		link->rel = value;
		link->rel_len = len;
	}
	if (is(name, name_len, "anchor"))
		link->anchored = true;
	/* What follows a value and is no separator is passed over, quoted commas with it. */
	while (*at != '\0' && *at != ';' && *at != ',')
		at = *at == '"' ? read_quoted(at, &value, &len) : at + 1;
	return at;
}

/* The next link-value at or behind at; NULL when there is none left. */
static const char *
read_link(const char *at, struct link *link)
{
	*link = (struct link){ 0 };
	at += strspn(at, " \t\r\n,");
	if (*at != '<')
		return NULL;
	link->target = skip_blanks(at + 1);
	link->target_len = strcspn(link->target, ">");
	at = link->target + link->target_len;
	if (*at != '>')
		return NULL;
	while (link->target_len > 0 && strchr(" \t", link->target[link->target_len - 1]) != NULL)
		link->target_len--;
	for (at = skip_blanks(at + 1); *at == ';';)
		at = read_param(at + 1, link);
	return at;
}

/* rel holds relation types apart by blanks. */
static bool
has_rel(const struct link *link, const char *rel)
{
	const char *at = link->rel, *end = at + link->rel_len;
	size_t n;

	while (at < end) {
		for (n = 0; at + n < end && strchr(" \t", at[n]) == NULL; n++)
			;
		if (is(at, n, rel))
			return true;
		at += n + 1;
	}
	return false;
}

const char *
link_target(const char *header, const char *rel, size_t *len)
{
	struct link link;

	while ((header = read_link(header, &link)) != NULL) {
		if (link.rel != NULL && !link.anchored && has_rel(&link, rel)) {
			*len = link.target_len;
			return link.target;
		}
	}
	return NULL;
}
