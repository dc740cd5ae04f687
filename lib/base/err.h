/*
 * What went wrong, filled where it is first seen and passed on unchanged.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

/* Whose fault it is, and so what the caller may do; cmd maps each to an exit status. */
enum err_kind {
	ERR_NONE = 0,
	ERR_USAGE,       /* wrong options, no such job type or client (64) */
	ERR_INPUT,       /* no database there, a file named by an option is not readable (66) */
	ERR_UNAVAILABLE, /* an external system cannot be reached (69) */
	ERR_INTERNAL,    /* a bug, or no memory (70) */
	ERR_DATABASE,    /* full disk, I/O error, corruption (74) */
	ERR_TRY_LATER,   /* locked, on hold, busy, out of time (75) */
	ERR_KEY,         /* the job key was refused (77) */
	ERR_CONFIG,      /* a definition, rules or configuration cannot be used (78) */
	ERR_ITEM,        /* one item's own fault: it is rejected, the batch goes on */
};

/*
 * code is a short stable word for APP_EXCEPTION_LOG.Code ("http_status",
 * "item_no_id"); text is one line for a person: what, where, how to mend it.
 * Both are always NUL-terminated; text is cut, never overflowed. Text from
 * outside may stand in it unescaped: whoever prints it escapes it.
 */
struct err {
	enum err_kind kind;
	char code[32];
	char text[1000];
};

#define ERR_INIT                 \
	{                        \
		ERR_NONE, "", "" \
	}

/* We found it. Always returns -1, so that a caller can return err_set(...). e may be NULL. */
int err_set(struct err *e, enum err_kind kind, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The system says so: appends ": " and strerror(errno). Returns -1. Leaves errno alone. ENOMEM: as err_memory() has it. */
int err_sys(struct err *e, enum err_kind kind, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* No memory: kind ERR_INTERNAL, code "no_memory". Returns -1. */
int err_memory(struct err *e);

/* Puts words before the text that is there: "client 7: " + text. Kind and code stay. Returns -1. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void err_clear(struct err *e);

#endif
