/*
 * What a hostile external system does to a fetch, one row a case, and what jobrun must make of it. Each case is a
 * client of its own with an origin of its own; many are visited in one run, among clients that are well.
 */
#ifndef TEST_FAULT_HOSTILE_H
#define TEST_FAULT_HOSTILE_H

#include <stddef.h>

#include "../lib/http/server.h"

/* The jobs they are of: by what of an answer they read (test/fault/40-fetch.sh). */
enum hostile_job { HOSTILE_ARRAY, HOSTILE_NEXT, HOSTILE_LINK, HOSTILE_LINES, HOSTILE_LARGE };

struct hostile {
	const char *family; /* of the list of faults: E1 to E40 */
	enum hostile_job job;
	const char *what; /* the case in words */
	struct answer answers[4];
	const char *code; /* the client's own exception; NULL: it is well */
	int asked;        /* requests that the server gets for it */
	int applied, failed, duplicates;
	const char *item_code; /* of its failed items, all alike */
	/*
	 * More keys of the client's JSON, as members. %PORT% is the server's port, %FULL% one that takes no connection,
	 * %SILENT% one that takes connections and no more, %PLAIN% one that answers plain HTTP to whatever it is told.
	 */
	const char *client;
	int least_ms; /* the visit takes so long at least */
};

extern const struct hostile hostile_wire[], hostile_bodies[], hostile_answers[], hostile_json[];
extern const size_t hostile_wire_n, hostile_bodies_n, hostile_answers_n, hostile_json_n;

/* 64 KiB each, to be sent again and again; filled by hostile_fill(). */
extern char hostile_blanks[65537], hostile_letters[65537], hostile_brackets[65537], hostile_objects[65537];
void hostile_fill(void);

/* An answer whose body ends with the connection, so that nobody counts its bytes. */
#define HOSTILE_HEAD "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
#define BODY(text)                                   \
	{                                            \
		ANSWER(HOSTILE_HEAD text, END_CLOSE) \
	}
/* One with these header lines and a body that is counted. */
#define ITEM "[{\"id\":1}]"
#define WELL "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" ITEM
#define STATUS(line) "HTTP/1.1 " line "\r\nContent-Length: 0\r\n\r\n"

#endif
