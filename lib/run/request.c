#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "run/visit.h"

int
visit_url(struct visit *v, const char *path, const struct template_scope *scope, struct buf *out, struct err *e)
{
	char missing[64];
	struct buf tail;
	int ret;

	buf_init(&tail, BOUND_URL);
	ret = template_path(path, scope, &tail, missing, e);
	if (ret == 1)
		ret = err_set(e, ERR_CONFIG, "client_config", "Path %s: this client has no %s", path, missing);
	else if (ret == 0 &&
	    (buf_adds(out, v->view.settings.base_url) == -1 ||
	        (tail.len > 0 && tail.at[0] != '/' && buf_addc(out, '/') == -1) ||
	        buf_add(out, buf_text(&tail), tail.len) == -1))
		ret = err_set(e, ERR_CONFIG, "client_config", "the URL is longer than %d bytes", BOUND_URL);
	buf_release(&tail);
	return ret;
}

/* The header that bears the secret, or user and password. 0 or -1 (no memory). */
static int
add_auth(struct visit *v, struct http_request *request, struct http_header *out, size_t *n)
{
	const struct settings *s = &v->view.settings;

	switch (s->auth.kind) {
	case AUTH_NONE:
		break;
	case AUTH_BASIC:
		request->user = s->auth.name;
		request->password = v->secret.at;
		break;
	case AUTH_BEARER:
		buf_clear(&v->auth_line);
		if (buf_addf(&v->auth_line, "Bearer %s", v->secret.at) == -1)
			return -1;
		out[(*n)++] = (struct http_header){ "Authorization", v->auth_line.at };
		break;
	case AUTH_HEADER:
		out[(*n)++] = (struct http_header){ s->auth.name, v->secret.at };
		break;
	}
	return 0;
}

int
visit_request(struct visit *v, struct http_request *request, const struct http_sink *sink,
    const struct http_header *extra, struct err *e)
{
	const struct settings *s = &v->view.settings;
	struct http_header *headers = calloc(s->n_headers + 2, sizeof(*headers));
	size_t i, n = 0;
	int ret;

	if (headers == NULL)
		return err_memory(e);
	for (i = 0; i < s->n_headers; i++)
		headers[n++] = (struct http_header){ s->headers[i].name, s->headers[i].value };
	if (extra != NULL)
		headers[n++] = *extra;
	request->ca_file = s->ca_file;
	request->proxy = s->proxy;
	request->timeout_ms = s->timeout_ms;
	request->connect_timeout_ms = s->connect_timeout_ms;
	request->retries = s->retries;
	request->rate_limit = s->rate_limit;
	request->headers = headers;
	if (add_auth(v, request, headers, &n) == -1) {
		ret = err_memory(e);
	} else {
		request->n_headers = n;
		ret = engine_start(v->run->engine, request, sink, &v->transfer, e);
	}
	free(headers);
	return ret;
}

void
visit_count(struct visit *v, const struct http_result *result)
{
	v->transfer = NULL;
	v->requests += result->requests;
	v->bytes += result->bytes;
	v->reached = v->reached || result->reached;
	if (result->status != 0)
		v->http_status = result->status;
}

void
visit_retrying(struct visit *v, const char *stage, int made, int64_t wait_ms, const struct err *why)
{
	struct event ev = {
		.kind = EVENT_RETRY,
		.client = v->client->id,
		.group = v->client->group,
		.stage = stage,
		.code = why->code,
		.message = why->text,
		.n = made,
		.duration_ms = wait_ms,
	};

	run_tell(v->run, &ev);
}
