#include "digest.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

bool
digest_of(const struct slice *part, size_t parts, unsigned char digest[DIGEST_BYTES])
{
	gnutls_hash_hd_t state;
	size_t i;

	if (gnutls_hash_init(&state, GNUTLS_DIG_SHA256) < 0)
		return false;
	for (i = 0; i < parts; i++)
		gnutls_hash(state, part[i].at, part[i].len);
	gnutls_hash_deinit(state, digest);
	return true;
}

bool
digest_same_secret(const char *a, const char *b)
{
	unsigned char da[DIGEST_BYTES], db[DIGEST_BYTES];
	struct slice sa = slice_of(a), sb = slice_of(b);

	/* Digests are of one length, so a wrong length looks like any other wrong secret. */
	return digest_of(&sa, 1, da) && digest_of(&sb, 1, db) && gnutls_memcmp(da, db, DIGEST_BYTES) == 0;
}
