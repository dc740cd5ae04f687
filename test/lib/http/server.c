#include "server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct house {
	const struct route *routes;
	size_t n;
	struct server *server;
};

static void
nap(int ms)
{
	struct timespec ts = { ms / 1000, (long)(ms % 1000) * 1000000 };

	nanosleep(&ts, NULL);
}

static int
listen_on_loopback(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&at, sizeof(at)) == -1 || listen(fd, 1024) == -1 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) == -1)
		abort();
	*port = ntohs(at.sin_port);
	return fd;
}

/* One request's head and body. 0, or -1 when the client is gone. */
static int
read_request(int fd, char *head, size_t size)
{
	size_t len = 0, want = 0;
	const char *length;
	char *body;
	ssize_t n;

	for (;;) {
		if ((n = read(fd, head + len, size - 1 - len)) <= 0)
			return -1;
		len += (size_t)n;
		head[len] = '\0';
		if (head[0] == 0x16) /* a TLS handshake */
			return -1;
		if ((body = strstr(head, "\r\n\r\n")) == NULL)
			continue;
		if ((length = strcasestr(head, "\r\nContent-Length:")) != NULL)
			want = strtoul(length + 17, NULL, 10);
		if (len >= (size_t)(body + 4 - head) + want)
			return 0;
	}
}

static bool
send_all(int fd, const char *bytes, size_t len)
{
	return len == 0 || send(fd, bytes, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static bool
send_answer(const struct house *house, int fd, const struct answer *a)
{
	const char *at = a->as_is ? NULL : memchr(a->bytes, '@', a->len);
	char host[32];
	int i;

	nap(a->delay_ms);
	if (at != NULL) {
		snprintf(host, sizeof(host), "127.0.0.1:%d", house->server->other);
		if (!send_all(fd, a->bytes, (size_t)(at - a->bytes)) || !send_all(fd, host, strlen(host)) ||
		    !send_all(fd, at + 1, a->len - (size_t)(at + 1 - a->bytes)))
			return false;
	} else if (!send_all(fd, a->bytes, a->len)) {
		return false;
	}
	for (i = 0; i < a->times; i++) {
		nap(a->rest_ms);
		if (!send_all(fd, a->rest, strlen(a->rest)))
			return false;
	}
	return true;
}

/* What happens behind the answer. True: the next request, please. */
static bool
end_answer(int fd, enum answer_end end)
{
	struct linger now = { .l_onoff = 1 };
	char ignored[512];

	switch (end) {
	case END_KEEP:
		return true;
	case END_CLOSE:
		break;
	case END_RESET:
		nap(50); /* so that what was sent is read before the RST overtakes it */
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		break;
	case END_HANG:
		while (read(fd, ignored, sizeof(ignored)) > 0)
			;
		break;
	case END_DRIP:
		while (send_all(fd, "x", 1))
			nap(20);
		break;
	case END_FLOOD:
		while (send_all(fd, "X-Flood: 0123456789012345678901234567890123456789\r\n", 51))
			;
		break;
	}
	return false;
}

static void
serve(const struct house *house, int fd)
{
	struct seen *seen = house->server->seen;
	char head[20000], *path, *end;
	const struct answer *a;
	bool more = true;
	size_t i;
	int turn;

	while (more && read_request(fd, head, sizeof(head)) == 0) {
		memcpy(seen->last, head, strlen(head) + 1);
		__atomic_add_fetch(&seen->requests, 1, __ATOMIC_SEQ_CST);
		path = strchr(head, ' ') + 1;
		/* A proxy is asked for a whole URL. */
		if (strncmp(path, "http://", 7) == 0)
			path = strchr(path + 7, '/');
		end = path + strcspn(path, " ?");
		*end = '\0';
		for (i = 0; i < house->n && strcmp(house->routes[i].path, path) != 0; i++)
			;
		if (i == house->n)
			break;
		turn = __atomic_fetch_add(&seen->by_route[i], 1, __ATOMIC_SEQ_CST);
		a = &house->routes[i].answers[0];
		while (turn-- > 0 && a < &house->routes[i].answers[3] && a[1].bytes != NULL)
			a++;
		more = send_answer(house, fd, a) && end_answer(fd, a->end);
	}
	__atomic_sub_fetch(&seen->open, 1, __ATOMIC_SEQ_CST);
	close(fd);
}

static void
run(const struct house *house, int here, int there)
{
	struct pollfd fds[2] = { { .fd = here, .events = POLLIN }, { .fd = there, .events = POLLIN } };
	int fd;

	for (;;) {
		if (poll(fds, 2, -1) <= 0)
			continue;
		if ((fds[1].revents & POLLIN) != 0) {
			house->server->seen->elsewhere++;
			close(accept(there, NULL, NULL));
		}
		if ((fds[0].revents & POLLIN) == 0 || (fd = accept(here, NULL, NULL)) == -1)
			continue;
		house->server->seen->connections++;
		__atomic_add_fetch(&house->server->seen->open, 1, __ATOMIC_SEQ_CST);
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			serve(house, fd);
			_exit(0);
		}
		close(fd);
	}
}

void
server_begin(struct server *s, const struct route *routes, size_t n)
{
	struct house house = { routes, n, s };
	int here = listen_on_loopback(&s->port), there = listen_on_loopback(&s->other);

	/* cppcheck-suppress invalidFunctionArg */
	s->seen = mmap(NULL, sizeof(*s->seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->seen == MAP_FAILED || n > sizeof(s->seen->by_route) / sizeof(s->seen->by_route[0]))
		abort();
	if ((s->pid = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(s->seconds > 0 ? (unsigned)s->seconds : 60);
		signal(SIGCHLD, SIG_IGN);
		run(&house, here, there);
	}
	close(here);
	close(there);
}

void
server_end(struct server *s)
{
	kill(s->pid, SIGKILL);
	munmap(s->seen, sizeof(*s->seen));
}

void
server_clear(struct server *s)
{
	memset(&s->seen->connections, 0, sizeof(*s->seen) - offsetof(struct seen, connections));
}
