/*
 * What was looked at already: a secret or a file that thousands of clients name is read once.
 */
#ifndef CHECK_LOOKED_H
#define CHECK_LOOKED_H

#include <stdbool.h>
#include <stddef.h>

#include <bsd/sys/tree.h>

#include "base/err.h"
#include "config/settings.h"

struct looked_row;
RB_HEAD(looked_tree, looked_row);

struct looked {
	struct looked_tree tree;
	size_t n;
};

void looked_init(struct looked *l);
void looked_release(struct looked *l);

/* Was this text never asked for? 1 and it is remembered; 0; -1 (no memory). */
int looked_is_new(struct looked *l, const char *text, struct err *e);

struct check;
struct subject;

/*
 * The secret that s names, if its Auth was written at this level, and, if own_ca, the CaFile: what is wrong with them
 * is told. below: the path that the keys' paths begin with, or "". 0 or -1 (no memory).
 */
int looked_settings(struct check *c, struct subject *subject, const char *below, const struct settings *s,
    enum settings_level level, bool own_ca, struct err *e);

/* A secret by its REF: what is wrong with it is told at path. 0 or -1 (no memory). */
int looked_secret(struct check *c, struct subject *subject, const char *path, const char *ref, struct err *e);

#endif
