#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "scan.h"

struct request *
request_new(const char *uri)
{
	struct request *r = calloc(1, sizeof(*r));
	size_t path = strcspn(uri, "?");

	if (r == NULL)
		return NULL;
	buf_init(&r->body, BOUND_BODY);
	r->path = strndup(uri, path);
	r->query = strdup(uri[path] == '?' ? uri + path + 1 : "");
	if (r->path == NULL || r->query == NULL) {
		request_free(r);
		return NULL;
	}
	r->entry.bytes = -1;
	return r;
}

void
request_free(struct request *r)
{
	if (r == NULL)
		return;
	free(r->path);
	free(r->query);
	free(r->key);
	params_release(&r->params);
	buf_release(&r->body);
	free(r);
}

void
request_body(struct request *r, const char *bytes, size_t n)
{
	buf_add(&r->body, bytes, n);
}

bool
request_is_control(const struct request *r)
{
	return strncmp(r->path, "/_", 2) == 0;
}

int
request_parse(struct request *r, struct err *e)
{
	int rc = params_add_query(&r->params, r->query, e);
	struct slice json;

	if (rc == 0 && buf_failed(&r->body))
		rc = err_set(e, "a body of more than %u bytes", BOUND_BODY);
	if (rc == 0 && r->body.len > 0 && scan_whole(buf_slice(&r->body), &json) && json.at[0] == '{') {
		r->json = json;
		/* A record that a test posts is no set of parameters. */
		if (!request_is_control(r))
			rc = params_add_json(&r->params, json, e);
	}
	r->scope.client = params_get(&r->params, "clientId");
	r->scope.group = params_get(&r->params, "groupId");
	r->entry.path = r->path;
	r->entry.query = r->query;
	r->entry.client = r->scope.client;
	r->entry.key = r->key;
	return rc;
}
