/*
 * A request to an external system as a job, a client and the settings have
 * it: URL and body rendered, headers and the credential added. What a run sends, and what a probe sends, is made here.
 */
#ifndef CONFIG_REQUEST_H
#define CONFIG_REQUEST_H

#include "base/buf.h"
#include "base/err.h"
#include "config/client.h"
#include "config/job.h"
#include "config/settings.h"
#include "config/template.h"
#include "http/engine.h"

/* The secret that Auth names, and the header line made of it. Both are wiped. */
struct request_auth {
	struct buf secret, line;
};
void request_auth_init(struct request_auth *auth);
void request_auth_release(struct request_auth *auth);

/* Reads the secret, if there is one. 0, or -1 (ERR_CONFIG, as secret_ref_read()). */
int request_auth_read(struct request_auth *auth, const struct settings *s, struct err *e);

/* The client's base URL, then a rendered path. 0; -1 with e ("client_config": the path names what the client lacks). */
int request_url(const struct client_view *view, const char *path, const struct template_scope *scope, struct buf *out,
    struct err *e);

/*
 * A fetch for this client: the URL of its first page, as far as Pages adds nothing to it, and its body (empty if the
 * job has none). Both are appended. 0; -1 with e: as above, or what a template was given cannot stand where it is.
 */
int request_fetch(
    const struct job *job, const struct client_view *view, struct buf *url, struct buf *body, struct err *e);

/* How the answer to that is cut into items. Borrows from the job. */
struct stream_plan request_answer(const struct job *job, const struct client_view *view);

/*
 * Gives the request these settings, headers and credential, and starts it; method, url and body are the caller's.
 * extra: one more header, or NULL. As engine_start().
 */
int request_start(struct engine *engine, struct http_request *request, const struct settings *s,
    struct request_auth *auth, const struct http_header *extra, const struct http_sink *sink, struct transfer **out,
    struct err *e);

#endif
