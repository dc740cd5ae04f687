/*
 * hostile list           a line a case, parted by tabs: number, family, job, code, asked, applied, failed, duplicates,
 *                        the items' code, least_ms, the client's keys, the case in words; "-" for what is not
 * hostile serve SECONDS  misbehaves on the loopback until SIGTERM; the file "ports" holds "PORT FULL SILENT PLAIN" when
 *                        it listens. In the end it writes the file "asked": a line "NUMBER REQUESTS" a case, and
 *                        "elsewhere N": the connections to a port that nobody should have been led to. Answers that
 *                        are too large for a table are files here: "&blanks" is blanks.
 */
#include "hostile.h"

#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

char hostile_blanks[65537], hostile_letters[65537], hostile_brackets[65537], hostile_objects[65537];

static const struct {
	const struct hostile *rows;
	const size_t *n;
} tables[] = {
	{ hostile_wire, &hostile_wire_n },
	{ hostile_bodies, &hostile_bodies_n },
	{ hostile_answers, &hostile_answers_n },
	{ hostile_json, &hostile_json_n },
};

void
hostile_fill(void)
{
	static const char object[] = "{\"id\":7}\n";
	size_t at;

	memset(hostile_blanks, ' ', sizeof(hostile_blanks) - 1);
	memset(hostile_letters, 'a', sizeof(hostile_letters) - 1);
	memset(hostile_brackets, '[', sizeof(hostile_brackets) - 1);
	for (at = 0; at + sizeof(object) <= sizeof(hostile_objects); at += sizeof(object) - 1)
		memcpy(hostile_objects + at, object, sizeof(object));
}

static const char *
or_dash(const char *text)
{
	return text != NULL ? text : "-";
}

static void
list(void)
{
	size_t table, i, number = 0;
	const struct hostile *row;

	for (table = 0; table < sizeof(tables) / sizeof(tables[0]); table++)
		for (i = 0; i < *tables[table].n; i++) {
			row = &tables[table].rows[i];
			printf("%zu\t%s\t%d\t%s\t%d\t%d\t%d\t%d\t%s\t%d\t%s\t%s\n", ++number, row->family,
			    (int)row->job, or_dash(row->code), row->asked, row->applied, row->failed, row->duplicates,
			    or_dash(row->item_code), row->least_ms, or_dash(row->client), row->what);
		}
}

/* "&name": the file's bytes. */
static void
load(struct answer *a)
{
	FILE *f;
	char *bytes;
	long size;

	if (a->bytes == NULL || a->bytes[0] != '&')
		return;
	if ((f = fopen(a->bytes + 1, "r")) == NULL || fseek(f, 0, SEEK_END) == -1 || (size = ftell(f)) == -1)
		err(1, "%s", a->bytes + 1);
	rewind(f);
	if ((bytes = malloc((size_t)size + 1)) == NULL || fread(bytes, 1, (size_t)size, f) != (size_t)size)
		err(1, "%s", a->bytes + 1);
	fclose(f);
	a->bytes = bytes;
	a->len = (size_t)size;
	a->end = END_CLOSE;
	a->as_is = true;
}

static size_t
make_routes(struct route *routes)
{
	size_t table, i, a, number = 0;
	char *path;

	for (table = 0; table < sizeof(tables) / sizeof(tables[0]); table++)
		for (i = 0; i < *tables[table].n; i++, number++) {
			if (asprintf(&path, "/c/%zu", number + 1) == -1)
				err(1, NULL);
			routes[number].path = path;
			for (a = 0; a < 4; a++) {
				routes[number].answers[a] = tables[table].rows[i].answers[a];
				load(&routes[number].answers[a]);
			}
		}
	return number;
}

/* The kernel takes connections up to the backlog; nobody else does anything with them. */
static int
listener(int backlog)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&at, sizeof(at)) == -1 || listen(fd, backlog) == -1)
		err(1, "listen");
	return fd;
}

static int
port_of(int fd)
{
	struct sockaddr_in at;
	socklen_t len = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &len) == -1)
		err(1, "getsockname");
	return ntohs(at.sin_port);
}

/* A port where every client gets a line of plain HTTP, whatever it says. */
static int
plain_port(int seconds)
{
	static const char line[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
	int fd = listener(1024), port = port_of(fd), client;
	char hello[2000];

	if (fork() != 0) {
		close(fd);
		return port;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm((unsigned)seconds);
	for (;;) {
		if ((client = accept(fd, NULL, NULL)) == -1)
			continue;
		if (read(client, hello, sizeof(hello)) > 0)
			(void)!write(client, line, sizeof(line) - 1);
		close(client);
	}
}

/* Takes all places of a port, so that the kernel lets no further SYN in. */
static void
fill_port(int port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)
	};
	struct timespec soon = { 0, 100000000 };
	int i, fd;

	for (i = 0; i < 4; i++) {
		if ((fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) == -1)
			err(1, "socket");
		(void)connect(fd, (struct sockaddr *)&at, sizeof(at));
	}
	nanosleep(&soon, NULL);
}

static void
serve(int seconds)
{
	static struct route routes[512];
	struct server server = { .seconds = seconds };
	size_t n = make_routes(routes), i;
	int full = port_of(listener(0)), silent = port_of(listener(1024)), plain = plain_port(seconds), got;
	sigset_t wanted;
	FILE *f;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	server_begin(&server, routes, n);
	sigprocmask(SIG_BLOCK, &wanted, NULL);
	fill_port(full);
	if ((f = fopen("ports.new", "w")) == NULL ||
	    fprintf(f, "%d %d %d %d\n", server.port, full, silent, plain) < 0 || fclose(f) != 0 ||
	    rename("ports.new", "ports") == -1)
		err(1, "ports");
	alarm((unsigned)seconds);
	sigwait(&wanted, &got);
	if ((f = fopen("asked", "w")) == NULL)
		err(1, "asked");
	for (i = 0; i < n; i++)
		fprintf(f, "%zu %d\n", i + 1, server.seen->by_route[i]);
	fprintf(f, "elsewhere %d\n", server.seen->elsewhere);
	if (fclose(f) != 0)
		err(1, "asked");
	server_end(&server);
}

int
main(int argc, char **argv)
{
	hostile_fill();
	if (argc == 2 && strcmp(argv[1], "list") == 0)
		list();
	else if (argc == 3 && strcmp(argv[1], "serve") == 0)
		serve(atoi(argv[2]));
	else
		errx(64, "hostile list | hostile serve SECONDS");
	return 0;
}
