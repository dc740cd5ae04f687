/*
 * The two halves of extsys.c: what it does with a request once it has arrived. Nobody else includes it.
 */
#ifndef SIM_EXTSYS_PARTS_H
#define SIM_EXTSYS_PARTS_H

#include "extsys.h"

/* The page that the path asks for. */
void extsys_give_page(struct extsys *es, size_t client, const char *path, struct offline_answer *out);

/* Marks what the request names; arrives: the answer will get through. */
void extsys_take_ack(
    struct extsys *es, size_t client, const struct http_request *request, struct offline_answer *out, bool arrives);

#endif
