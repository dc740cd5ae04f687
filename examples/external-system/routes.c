#include "routes.h"

#include <string.h>

#include "ack.h"
#include "control.h"
#include "fetch.h"
#include "hook.h"

static const struct route api[] = {
	{ "", false, false, "GET, POST", fetch_all },
	{ "/ndjson", false, false, "GET, POST", fetch_lines },
	{ "/paged/next", false, false, "GET, POST", fetch_next },
	{ "/paged/link", false, false, "GET, POST", fetch_link },
	{ "/paged/cursor", false, false, "GET, POST", fetch_cursor },
	{ "/paged/offset", false, false, "GET, POST", fetch_offset },
	{ "/paged/page", false, false, "GET, POST", fetch_page },
	{ "/ack", false, true, "POST", ack_many },
	{ "/ack/", true, true, "POST", ack_one },
	{ NULL, false, false, NULL, NULL },
};

static const struct route hooks[] = {
	{ "/hook/", true, false, "POST", hook_take },
	{ NULL, false, false, NULL, NULL },
};

static const struct route control[] = {
	{ "/_records", false, false, "POST", control_records },
	{ "/_faults", false, false, "GET, POST, DELETE", control_faults },
	{ "/_state", false, false, "GET", control_state },
	{ NULL, false, false, NULL, NULL },
};

static const struct route *
find(const struct route *row, const char *path)
{
	size_t n;

	for (; row->path != NULL; row++) {
		n = strlen(row->path);
		if (strncmp(path, row->path, n) == 0 && (path[n] == '\0') != row->takes_rest)
			return row;
	}
	return NULL;
}

/* Whole words only: "GET, POST" allows neither "ET" nor "POS". */
static bool
allows(const char *methods, const char *method)
{
	size_t n = strlen(method);
	const char *at = methods;

	while ((at = strstr(at, method)) != NULL) {
		if ((at == methods || at[-1] == ' ') && (at[n] == ',' || at[n] == '\0'))
			return true;
		at += n;
	}
	return false;
}

const struct route *
route_find(struct request *r, struct answer *a)
{
	const struct route *route = NULL;
	const char *path = r->path;
	size_t n;

	if (request_is_control(r)) {
		route = find(control, path);
	} else if (strncmp(path, "/hook/", 6) == 0) {
		route = find(hooks, path);
	} else if (strncmp(path, "/api/", 5) == 0) {
		path += 5;
		n = strcspn(path, "/");
		r->scope.kind = record_kind((struct slice){ path, n });
		path += n;
		if (r->scope.kind != NULL)
			route = find(api, path);
	}
	if (route == NULL) {
		answer_problem(a, 404, "nothing is at %s", r->path);
		return NULL;
	}
	if (!allows(route->methods, r->entry.method)) {
		answer_problem(a, 405, "this path takes %s", route->methods);
		answer_header(a, "Allow", route->methods);
		return NULL;
	}
	r->rest = slice_of(path + strlen(route->path));
	return route;
}
