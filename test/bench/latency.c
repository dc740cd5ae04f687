/*
 * latency PORT-FILE DIR MS SECONDS: an HTTP server on a free port of 127.0.0.1, whose every answer comes MS
 * milliseconds after its request: a file below DIR for GET, 204 for POST. A thread a connection, connections are kept.
 * The port is written to PORT-FILE once it listens. It ends by itself after SECONDS.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MOST 16384
#define BACKLOG 4096
#define STACK_BYTES (128 * 1024)

static const char *folder;
static int64_t wait_ns;

struct connection {
	int fd;
	size_t n; /* read, and not yet used */
	char buf[HEAD_MOST + 1];
};

static int
send_all(int fd, const char *at, size_t len)
{
	ssize_t sent;

	for (; len > 0; at += sent, len -= (size_t)sent)
		if ((sent = send(fd, at, len, MSG_NOSIGNAL)) <= 0)
			return -1;
	return 0;
}

/* The head up to its empty line: its length, or 0: the client has left, or speaks no HTTP. */
static size_t
read_head(struct connection *c)
{
	ssize_t got;
	char *end;

	for (;;) {
		c->buf[c->n] = '\0';
		if ((end = strstr(c->buf, "\r\n\r\n")) != NULL)
			return (size_t)(end - c->buf) + 4;
		if (c->n == HEAD_MOST || (got = recv(c->fd, c->buf + c->n, HEAD_MOST - c->n, 0)) <= 0)
			return 0;
		c->n += (size_t)got;
	}
}

static size_t
content_length(const char *head)
{
	const char *at = strcasestr(head, "\r\ncontent-length:");

	return at == NULL ? 0 : strtoul(at + strlen("\r\ncontent-length:"), NULL, 10);
}

/* The body is read and forgotten; what follows it is the next request's. */
static int
skip(struct connection *c, size_t len)
{
	ssize_t got;

	while (len > c->n) {
		len -= c->n;
		if ((got = recv(c->fd, c->buf, HEAD_MOST, 0)) <= 0)
			return -1;
		c->n = (size_t)got;
	}
	c->n -= len;
	memmove(c->buf, c->buf + len, c->n);
	return 0;
}

static int
send_file(int fd, const char *path)
{
	char name[512], head[256];
	struct stat st;
	off_t at = 0;
	int file, ret;

	snprintf(name, sizeof(name), "%s%s", folder, path);
	if (strstr(path, "..") != NULL || (file = open(name, O_RDONLY | O_CLOEXEC)) == -1)
		return send_all(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 45);
	if (fstat(file, &st) == -1)
		st.st_size = 0;
	snprintf(head, sizeof(head),
	    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %lld\r\n\r\n", (long long)st.st_size);
	ret = send_all(fd, head, strlen(head));
	while (ret == 0 && at < st.st_size)
		if (sendfile(fd, file, &at, (size_t)(st.st_size - at)) <= 0)
			ret = -1;
	close(file);
	return ret;
}

static int
answer(struct connection *c)
{
	struct timespec pause = { wait_ns / 1000000000, wait_ns % 1000000000 };
	char method[8] = "", path[256] = "";
	size_t head = read_head(c), body;

	if (head == 0)
		return -1;
	c->buf[head - 1] = '\0';
	if (sscanf(c->buf, "%7s %255[^ ?]", method, path) != 2)
		return -1;
	body = content_length(c->buf);
	if (strcasestr(c->buf, "\r\nexpect: 100-continue") != NULL &&
	    send_all(c->fd, "HTTP/1.1 100 \r\n\r\n", 17) == -1)
		return -1;
	if (skip(c, head) == -1 || skip(c, body) == -1)
		return -1;
	nanosleep(&pause, NULL);
	return strcmp(method, "GET") == 0 ? send_file(c->fd, path)
	                                  : send_all(c->fd, "HTTP/1.1 204 No Content\r\n\r\n", 27);
}

static void *
serve(void *arg)
{
	struct connection *c = arg;

	while (answer(c) == 0)
		continue;
	close(c->fd);
	free(c);
	return NULL;
}

static int
listen_on(const char *port_file)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FILE *f;

	if (fd == -1 || bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 || listen(fd, BACKLOG) == -1 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) == -1)
		err(1, "listen");
	if ((f = fopen(port_file, "we")) == NULL || fprintf(f, "%d\n", ntohs(a.sin_port)) < 0 || fclose(f) != 0)
		err(1, "%s", port_file);
	return fd;
}

int
main(int argc, char **argv)
{
	pthread_attr_t attr;
	struct connection *c;
	pthread_t thread;
	int fd, one = 1;

	if (argc != 5)
		errx(64, "usage: latency PORT-FILE DIR MS SECONDS");
	folder = argv[2];
	wait_ns = strtoll(argv[3], NULL, 10) * 1000000;
	alarm((unsigned)strtoul(argv[4], NULL, 10));
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	fd = listen_on(argv[1]);
	for (;;) {
		if ((c = malloc(sizeof(*c))) == NULL || (c->fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC)) == -1) {
			warn("accept");
			free(c);
			continue;
		}
		c->n = 0;
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (pthread_create(&thread, &attr, serve, c) != 0) {
			close(c->fd);
			free(c);
		}
	}
}
