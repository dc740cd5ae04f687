/*
 * What went wrong, filled where it is first seen and passed on unchanged.
 */
#ifndef ERR_H
#define ERR_H

/* One line for a person, always NUL-terminated, cut rather than overflowed. */
struct err {
	char text[500];
};

/* We found it. Always returns -1, so that a caller can return err_set(...). */
int err_set(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The system says so: appends ": " and strerror(errno). Returns -1. */
int err_sys(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* No memory. Returns -1. */
int err_memory(struct err *e);

#endif
