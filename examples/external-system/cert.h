/*
 * A self-signed certificate for tests.
 */
#ifndef CERT_H
#define CERT_H

#include "err.h"

/* Writes dir/cert.pem and dir/key.pem (mode 0600), for localhost and 127.0.0.1, good for 30 days. 0, or -1. */
int cert_make(const char *dir, struct err *e);

#endif
