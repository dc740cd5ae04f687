/*
 * From what was found to a finding.
 */
#ifndef CHECK_TELL_H
#define CHECK_TELL_H

#include "check/inside.h"
#include "config/faults.h"

/* path "": none. */
void tell_finding(struct check *c, struct subject *s, enum check_level level, const char *path, const char *code,
    const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/*
 * An error in the words of lib/config: "where: Path.To.Key: what is wrong", where being left out if it is the
 * subject. below is the path of what was read, or "".
 */
void tell_err(struct check *c, struct subject *s, const char *below, const struct err *why);

/* Each of these, as above. */
void tell_faults(struct check *c, struct subject *s, const struct faults *faults);

/* That all is well, unless something else was told of it. */
void tell_well(struct check *c, struct subject *s, const char *message);

/* A finding of the probes. */
void tell_probe(struct check *c, struct subject *s, enum check_level level, const char *code, const char *message);

/*
 * The length of the path that a message begins with ("Auth.Bearer: give …"), or 0: a path is one word. *rest is what
 * follows it.
 */
size_t tell_path(const char *text, const char **rest);

#endif
