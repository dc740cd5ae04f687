#include "config/request.h"

#include <stdlib.h>

#include "base/bounds.h"
#include "secret/ref.h"

void
request_auth_init(struct request_auth *auth)
{
	buf_init(&auth->secret, BOUND_SECRET_BYTES);
	buf_init(&auth->line, BOUND_SECRET_BYTES + 64);
}

void
request_auth_release(struct request_auth *auth)
{
	buf_wipe(&auth->secret);
	buf_wipe(&auth->line);
}

static int
too_long(const struct buf *url, struct err *e)
{
	if (url->short_of_memory)
		return err_memory(e);
	return err_set(e, ERR_CONFIG, "client_config", "the URL is longer than %d bytes", BOUND_URL);
}

int
request_auth_read(struct request_auth *auth, const struct settings *s, struct err *e)
{
	return s->auth.kind == AUTH_NONE ? 0 : secret_ref_read(s->auth.secret, &auth->secret, e);
}

int
request_url(const struct client_view *view, const char *path, const struct template_scope *scope, struct buf *out,
    struct err *e)
{
	char missing[64];
	struct buf tail;
	int ret;

	buf_init(&tail, BOUND_URL);
	ret = template_path(path, scope, &tail, missing, e);
	if (ret == 1)
		ret = err_set(e, ERR_CONFIG, "client_config", "Path %s: this client has no %s", path, missing);
	else if (ret == 0 &&
	    (buf_adds(out, view->settings.base_url) == -1 ||
	        (tail.len > 0 && tail.at[0] != '/' && buf_addc(out, '/') == -1) ||
	        buf_add(out, buf_text(&tail), tail.len) == -1))
		ret = too_long(out, e);
	buf_release(&tail);
	return ret;
}

/* "?name=value&…": a parameter whose template names an absent key is left out. */
static int
add_query(const struct job *job, const struct template_scope *scope, struct buf *url, struct err *e)
{
	char missing[64], mark = '?';
	size_t i, from;
	int ret;

	for (i = 0; i < job->fetch.n_query; i++) {
		from = url->len;
		if (buf_addc(url, mark) == -1 || template_escape(job->fetch.query[i].name, url) == -1 ||
		    buf_addc(url, '=') == -1)
			return too_long(url, e);
		if ((ret = template_query(job->fetch.query[i].value, scope, url, missing, e)) == -1)
			return err_prefix(e, "Query.%s: ", job->fetch.query[i].name);
		if (ret == 1)
			url->at[url->len = from] = '\0';
		else
			mark = '&';
	}
	return 0;
}

static struct json_value
scope_get(void *arg, const char *name, size_t len)
{
	const struct client_view *const *view = arg;

	return client_view_get(*view, name, len);
}

int
request_fetch(const struct job *job, const struct client_view *view, struct buf *url, struct buf *body, struct err *e)
{
	struct template_scope scope = { .get = scope_get, .arg = &view };

	if (request_url(view, job->fetch.path, &scope, url, e) == -1 || add_query(job, &scope, url, e) == -1)
		return -1;
	return job->fetch.body.kind == JSON_ABSENT ? 0 : template_body(job->fetch.body, &scope, body, e);
}

struct stream_plan
request_answer(const struct job *job, const struct client_view *view)
{
	enum pages_kind kind = job->fetch.pages.plan.kind;

	return (struct stream_plan){
		.format = job->fetch.format,
		.items = &job->fetch.items,
		.capture = kind == PAGES_NEXT || kind == PAGES_CURSOR ? &job->fetch.pages.pointer : NULL,
		.max_item = view->settings.max_item_bytes,
		.max_items = BOUND_ANSWER_ITEMS,
	};
}

/* The header that bears the secret, or user and password. 0 or -1 (no memory). */
static int
add_auth(const struct settings *s, struct request_auth *auth, struct http_request *request, struct http_header *out,
    size_t *n)
{
	switch (s->auth.kind) {
	case AUTH_NONE:
		break;
	case AUTH_BASIC:
		request->user = s->auth.name;
		request->password = auth->secret.at;
		break;
	case AUTH_BEARER:
		buf_clear(&auth->line);
		if (buf_addf(&auth->line, "Bearer %s", auth->secret.at) == -1)
			return -1;
		out[(*n)++] = (struct http_header){ "Authorization", auth->line.at };
		break;
	case AUTH_HEADER:
		out[(*n)++] = (struct http_header){ s->auth.name, auth->secret.at };
		break;
	}
	return 0;
}

int
request_start(struct engine *engine, struct http_request *request, const struct settings *s, struct request_auth *auth,
    const struct http_header *extra, const struct http_sink *sink, struct transfer **out, struct err *e)
{
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
	if (add_auth(s, auth, request, headers, &n) == -1) {
		ret = err_memory(e);
	} else {
		request->n_headers = n;
		ret = engine_start(engine, request, sink, out, e);
	}
	free(headers);
	return ret;
}
