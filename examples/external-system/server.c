#include "server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <microhttpd.h>

#include "auth.h"
#include "bounds.h"
#include "reply.h"

struct server {
	struct service *service;
	struct MHD_Daemon *daemon;
	const char *token;
	int stop; /* an eventfd: readable from server_stop on, so that waits end */
};

/* The URI as it came: libmicrohttpd's own decoding would lose the %2F of an id. */
static void *
on_uri(void *of, const char *uri, struct MHD_Connection *connection)
{
	(void)of;
	(void)connection;
	return request_new(uri);
}

/* The headers that matter. 0, or -1: no memory. */
static int
take_headers(const struct server *s, struct request *r, struct MHD_Connection *connection, const char *method)
{
	const char *key = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Idempotency-Key");

	r->entry.method = method;
	r->entry.auth_ok = auth_check(connection, s->token, &r->entry.auth);
	if (key == NULL)
		return 0;
	free(r->key);
	return (r->key = strdup(key)) == NULL ? -1 : 0;
}

/* MHD_AccessHandlerCallback: once for the headers, once for each part of the body, once at its end. */
static enum MHD_Result
on_request(void *of, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
    const char *part, size_t *part_len, void **slot)
{
	struct server *s = of;
	struct request *r = *slot;
	struct answer answer;
	enum MHD_Result sent;

	(void)url;
	(void)version;
	if (r == NULL)
		return MHD_NO;
	if (!r->begun) {
		r->begun = true;
		return take_headers(s, r, connection, method) == 0 ? MHD_YES : MHD_NO;
	}
	if (*part_len > 0) {
		request_body(r, part, *part_len);
		*part_len = 0;
		return MHD_YES;
	}
	r->entry.method = method;
	answer_init(&answer);
	service_answer(s->service, r, &answer);
	sent = reply_send(connection, r, &answer, s->stop);
	answer_release(&answer);
	return sent;
}

static void
on_completed(void *of, struct MHD_Connection *connection, void **slot, enum MHD_RequestTerminationCode how)
{
	struct server *s = of;
	struct request *r = *slot;
	struct store *store = &s->service->store;
	struct err ignored;

	(void)connection;
	(void)how;
	if (r == NULL)
		return;
	/* Only now it is known how much of a stream left; the row itself was committed before. */
	if (r->entry.n > 0 && r->sent != r->entry.bytes && r->entry.status != 0) {
		store_enter(store);
		journal_bytes(store, r->entry.n, r->sent, &ignored);
		store_leave(store);
	}
	fault_leave(&s->service->faults, r->fault);
	request_free(r);
	*slot = NULL;
}

/* A thousand connections need more descriptors than the usual soft limit has. */
static void
raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static struct MHD_Daemon *
start_daemon(struct server *s, const struct listening *how)
{
	struct sockaddr_in here = {
		.sin_family = AF_INET, .sin_port = htons(how->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)how->cert },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)how->key },
		{ MHD_OPTION_END, 0, NULL },
	};
	unsigned flags = MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_THREAD_PER_CONNECTION;

	if (how->cert == NULL)
		tls[0].option = MHD_OPTION_END;
	else
		flags |= MHD_USE_TLS;
	return MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_SOCK_ADDR, &here,
	    MHD_OPTION_URI_LOG_CALLBACK, on_uri, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)BOUND_CONNECTIONS, MHD_OPTION_LISTEN_BACKLOG_SIZE,
	    (unsigned)BOUND_CONNECTIONS, MHD_OPTION_THREAD_STACK_SIZE, (size_t)BOUND_STACK, MHD_OPTION_ARRAY, tls,
	    MHD_OPTION_END);
}

struct server *
server_start(struct service *service, const struct listening *how, uint16_t *port, struct err *e)
{
	struct server *s = calloc(1, sizeof(*s));
	const union MHD_DaemonInfo *info;

	if (s == NULL) {
		err_memory(e);
		return NULL;
	}
	s->service = service;
	s->token = how->token;
	raise_limit();
	if ((s->stop = eventfd(0, EFD_CLOEXEC)) == -1) {
		err_sys(e, "eventfd");
		goto out;
	}
	if ((s->daemon = start_daemon(s, how)) == NULL) {
		err_sys(e, "listen on 127.0.0.1:%u", how->port);
		goto out;
	}
	if ((info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT)) == NULL || info->port == 0) {
		err_set(e, "the port it listens on is not known");
		goto out;
	}
	*port = info->port;
	return s;
out:
	server_stop(s);
	return NULL;
}

void
server_stop(struct server *s)
{
	if (s == NULL)
		return;
	if (s->stop != -1)
		eventfd_write(s->stop, 1);
	if (s->daemon != NULL)
		MHD_stop_daemon(s->daemon);
	if (s->stop != -1)
		close(s->stop);
	free(s);
}
