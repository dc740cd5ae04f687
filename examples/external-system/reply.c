#include "reply.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* What libmicrohttpd asks for at once. */
#define BLOCK (32U * 1024)

/* A drip's pace, unless the fault says. */
#define DRIP_MS 1000

/* A body on its way. */
struct outflow {
	struct request *request;
	struct feed *feed; /* owned; NULL: the text is the body */
	struct buf text;   /* owned */
	int stop;
};

static void
outflow_free(void *of)
{
	struct outflow *o = of;

	feed_free(o->feed);
	buf_release(&o->text);
	free(o);
}

/* Waits that long. True: the server is to stop, or (if a connection is given) its client is gone. */
static bool
wait_for(int64_t ms, int stop, int connection)
{
	struct pollfd fds[2] = { { .fd = stop, .events = POLLIN }, { .fd = connection, .events = POLLRDHUP } };
	int got;

	do {
		got = poll(fds, 2, ms < 0 ? -1 : (int)ms);
	} while (got == -1 && errno == EINTR);
	return got > 0;
}

/* Ends the connection with a reset, at once: no byte, no orderly end. */
static void
reset(int connection)
{
	const struct linger none = { .l_onoff = 1, .l_linger = 0 };
	const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

	/* libmicrohttpd would say FIN first; dissolving the association says RST instead. */
	if (setsockopt(connection, SOL_SOCKET, SO_LINGER, &none, sizeof(none)) == -1 ||
	    connect(connection, &nowhere, sizeof(nowhere)) == -1)
		warn("reset");
}

/* Writes the fault's bytes on the bare connection, whatever they are: at once, or one by one if it has a pace. */
static void
send_raw(const struct fault *f, int stop, int connection)
{
	struct pollfd writable = { .fd = connection, .events = POLLOUT };
	size_t at = 0;
	ssize_t n;

	while (at < f->body_len) {
		n = send(connection, f->body + at, f->every_ms > 0 ? 1 : f->body_len - at, MSG_NOSIGNAL);
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			return;
		at += n > 0 ? (size_t)n : 0;
		if (f->every_ms > 0 && wait_for(f->every_ms, stop, connection))
			return;
		/* A client that does not read must not keep the server from ending. */
		if (poll(&writable, 1, 1000) == 0 && wait_for(0, stop, connection))
			return;
	}
}

/* The next bytes from where the body comes from: their number, 0 at the end, -1 if the store failed. */
static ssize_t
draw(struct outflow *o, char *out, size_t max)
{
	size_t left, at = (size_t)o->request->sent;

	if (o->feed != NULL)
		return feed_read(o->feed, out, max);
	left = o->text.len - at;
	if (left < max)
		max = left;
	if (max > 0)
		memcpy(out, buf_text(&o->text) + at, max);
	return (ssize_t)max;
}

/* MHD_ContentReaderCallback. */
static ssize_t
outflow_read(void *of, uint64_t pos, char *out, size_t max)
{
	struct outflow *o = of;
	struct request *r = o->request;
	const struct fault *f = r->fault;
	bool cut = f != NULL && f->kind == FAULT_CUT, cut_eof = f != NULL && f->kind == FAULT_CUT_EOF;
	ssize_t n;

	(void)pos;
	if (cut || cut_eof) {
		if (r->sent >= f->at_byte)
			return cut ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
		if ((int64_t)max > f->at_byte - r->sent)
			max = (size_t)(f->at_byte - r->sent);
	}
	if (f != NULL && f->kind == FAULT_DRIP) {
		if (r->sent > 0 && wait_for(f->every_ms > 0 ? f->every_ms : DRIP_MS, o->stop, -1))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		max = 1;
	}
	if ((n = draw(o, out, max)) == -1)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (n == 0)
		return cut ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
	r->sent += n;
	return n;
}

/* The length that the answer declares; unknown: chunked, or up to the connection's end. */
static uint64_t
declared(const struct fault *f, const struct outflow *o)
{
	uint64_t len = o->text.len;

	if (f != NULL && f->kind == FAULT_CUT_EOF)
		return MHD_SIZE_UNKNOWN;
	if (f != NULL && f->kind == FAULT_CUT && f->length >= 0)
		return (uint64_t)f->length;
	if (o->feed != NULL)
		return MHD_SIZE_UNKNOWN;
	/* A cut behind the last byte must still leave something owing. */
	if (f != NULL && f->kind == FAULT_CUT && (uint64_t)f->at_byte >= len)
		return (uint64_t)f->at_byte + 1;
	return len;
}

static struct outflow *
outflow_new(struct request *r, struct answer *a, int stop)
{
	struct outflow *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NULL;
	*o = (struct outflow){ .request = r, .feed = a->feed, .text = a->body, .stop = stop };
	a->feed = NULL;
	buf_init(&a->body, BOUND_ANSWER);
	return o;
}

static enum MHD_Result
queue(struct MHD_Connection *connection, struct request *r, struct answer *a, int stop)
{
	struct outflow *o = outflow_new(r, a, stop);
	struct MHD_Response *response;
	enum MHD_Result queued;
	size_t i;

	if (o == NULL)
		return MHD_NO;
	response = MHD_create_response_from_callback(declared(r->fault, o), BLOCK, outflow_read, o, outflow_free);
	if (response == NULL) {
		outflow_free(o);
		return MHD_NO;
	}
	if (r->fault != NULL && r->fault->kind == FAULT_CUT_EOF)
		MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
	for (i = 0; i < a->headers; i++)
		MHD_add_response_header(response, a->header[i].name, a->header[i].value);
	queued = MHD_queue_response(connection, (unsigned)a->status, response);
	MHD_destroy_response(response);
	return queued;
}

enum MHD_Result
reply_send(struct MHD_Connection *connection, struct request *r, struct answer *a, int stop)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	const struct fault *f = r->fault;

	if (f == NULL)
		return queue(connection, r, a, stop);
	if (f->delay_ms > 0 && wait_for(f->delay_ms, stop, -1))
		return MHD_NO;
	switch (f->kind) {
	case FAULT_HANG:
		wait_for(-1, stop, info->connect_fd);
		return MHD_NO;
	case FAULT_RESET:
	case FAULT_DROP:
		reset(info->connect_fd);
		return MHD_NO;
	case FAULT_RAW:
		send_raw(f, stop, info->connect_fd);
		return MHD_NO;
	default:
		return queue(connection, r, a, stop);
	}
}
