#include "cert.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "file.h"

#define GOOD_FOR (30 * 86400)

/* Fills in what a client checks: names, dates, use, signature. A GnuTLS status. */
static int
fill(gnutls_x509_crt_t cert, gnutls_x509_privkey_t key)
{
	static const char name[] = "localhost";
	struct in_addr loopback = { htonl(INADDR_LOOPBACK) };
	time_t now = time(NULL);
	unsigned char serial[16];
	int rc;

	if ((rc = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial))) < 0)
		return rc;
	serial[0] &= 0x7f;
	/* A certificate that is its own issuer must be a CA, or strict clients do not take it as one to trust. */
	if ((rc = gnutls_x509_crt_set_version(cert, 3)) < 0 ||
	    (rc = gnutls_x509_crt_set_serial(cert, serial, sizeof(serial))) < 0 ||
	    (rc = gnutls_x509_crt_set_activation_time(cert, now - 3600)) < 0 ||
	    (rc = gnutls_x509_crt_set_expiration_time(cert, now + GOOD_FOR)) < 0 ||
	    (rc = gnutls_x509_crt_set_key(cert, key)) < 0 ||
	    (rc = gnutls_x509_crt_set_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, name, sizeof(name) - 1)) < 0 ||
	    (rc = gnutls_x509_crt_set_subject_alt_name(
	         cert, GNUTLS_SAN_DNSNAME, name, sizeof(name) - 1, GNUTLS_FSAN_SET)) < 0 ||
	    (rc = gnutls_x509_crt_set_subject_alt_name(
	         cert, GNUTLS_SAN_IPADDRESS, &loopback, sizeof(loopback), GNUTLS_FSAN_APPEND)) < 0 ||
	    (rc = gnutls_x509_crt_set_basic_constraints(cert, 1, 0)) < 0 ||
	    (rc = gnutls_x509_crt_set_key_usage(cert, GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_KEY_CERT_SIGN)) < 0 ||
	    (rc = gnutls_x509_crt_set_key_purpose_oid(cert, GNUTLS_KP_TLS_WWW_SERVER, 0)) < 0)
		return rc;
	return gnutls_x509_crt_sign2(cert, cert, key, GNUTLS_DIG_SHA256, 0);
}

static int
write_pem(const char *dir, const char *name, const gnutls_datum_t *pem, struct err *e)
{
	char file[4096];

	if ((size_t)snprintf(file, sizeof(file), "%s/%s", dir, name) >= sizeof(file))
		return err_set(e, "too long a path: %s", dir);
	return file_replace(file, (const char *)pem->data, pem->size, e);
}

int
cert_make(const char *dir, struct err *e)
{
	gnutls_x509_crt_t cert = NULL;
	gnutls_x509_privkey_t key = NULL;
	gnutls_datum_t cert_pem = { NULL, 0 }, key_pem = { NULL, 0 };
	int made, rc = -1;

	if ((made = gnutls_x509_privkey_init(&key)) < 0 || (made = gnutls_x509_crt_init(&cert)) < 0 ||
	    (made = gnutls_x509_privkey_generate(
	         key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0)) < 0 ||
	    (made = fill(cert, key)) < 0 ||
	    (made = gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_PEM, &cert_pem)) < 0 ||
	    (made = gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &key_pem)) < 0) {
		err_set(e, "certificate: %s", gnutls_strerror(made));
		goto out;
	}
	if (write_pem(dir, "key.pem", &key_pem, e) == 0 && write_pem(dir, "cert.pem", &cert_pem, e) == 0)
		rc = 0;
out:
	if (key_pem.data != NULL)
		gnutls_memset(key_pem.data, 0, key_pem.size);
	gnutls_free(key_pem.data);
	gnutls_free(cert_pem.data);
	gnutls_x509_crt_deinit(cert);
	gnutls_x509_privkey_deinit(key);
	return rc;
}
