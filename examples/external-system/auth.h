/*
 * Who may ask: the one token, in any of the three ways that clients send one.
 */
#ifndef AUTH_H
#define AUTH_H

#include <stdbool.h>

#include <microhttpd.h>

/*
 * Did the client send the token: as Bearer, as the password of Basic (any user), or as X-Api-Key?
 * token NULL: nobody has to. *how is what it sent ("Bearer", …, "other"), NULL if nothing. The
 * comparison takes the same time wherever the first wrong byte is.
 */
bool auth_check(struct MHD_Connection *connection, const char *token, const char **how);

#endif
