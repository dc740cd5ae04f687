#include "http/fault.h"

#include <stddef.h>
#include <string.h>

/* OpenSSL's verdicts as libcurl passes them on (x509_vfy.h): numbers that do not change. */
enum {
	VERDICT_NONE = 1, /* libcurl's own, while OpenSSL has none to give */
	VERDICT_ERR_UNABLE_TO_GET_ISSUER_CERT = 2,
	VERDICT_ERR_CERT_NOT_YET_VALID = 9,
	VERDICT_ERR_CERT_HAS_EXPIRED = 10,
	VERDICT_ERR_DEPTH_ZERO_SELF_SIGNED_CERT = 18,
	VERDICT_ERR_SELF_SIGNED_CERT_IN_CHAIN = 19,
	VERDICT_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY = 20,
	VERDICT_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE = 21
};

#define NO_MEMORY OUTCOME_LOCAL, ERR_INTERNAL, "no_memory", "out of memory"
#define CONNECT(code, words) OUTCOME_CONNECT, ERR_UNAVAILABLE, code, words
#define BROKEN(code, words) OUTCOME_BROKEN, ERR_UNAVAILABLE, code, words
#define BODY(code, words) OUTCOME_BODY, ERR_UNAVAILABLE, code, words
#define REFUSED(code, words) OUTCOME_REFUSED, ERR_UNAVAILABLE, code, words

#define CERTIFICATE(which, code, words) CURLE_PEER_FAILED_VERIFICATION, FAULT_VERIFY, which, NULL, REFUSED(code, words)
#define ALWAYS(curl) curl, FAULT_ALWAYS, 0, NULL
#define WHEN(curl, when) curl, when, 0, NULL
#define SAYS(curl, text) curl, FAULT_SAYS, 0, text

#define UNVERIFIED "the server's certificate cannot be verified (mend it there, or name its CA as CaFile)"
#define UNKNOWN_CA "the server's certificate is of a CA that is not known here (name it as CaFile)"
#define SELF_SIGNED "the server's certificate is signed by itself (name it, or its CA, as CaFile)"

/* Of several rows for one code of libcurl the first that fits counts. */
static const struct fault faults[] = {
	/* Nobody was asked for it: libcurl had no memory for what it read itself. */
	{ WHEN(CURLE_COULDNT_RESOLVE_HOST, FAULT_ADDRESS), NO_MEMORY },
	{ ALWAYS(CURLE_COULDNT_RESOLVE_HOST),
	    CONNECT("dns", "the host's name could not be resolved (check BaseUrl and the resolver)") },
	{ ALWAYS(CURLE_COULDNT_RESOLVE_PROXY),
	    CONNECT("proxy_dns", "the proxy's name could not be resolved (check Proxy)") },
	{ ALWAYS(CURLE_PROXY), CONNECT("proxy", "the proxy failed") },
	{ WHEN(CURLE_COULDNT_CONNECT, FAULT_PROXY),
	    CONNECT("proxy_connect", "no connection to the proxy (check Proxy)") },
	{ ALWAYS(CURLE_COULDNT_CONNECT), CONNECT("connect", "no connection") },
	{ SAYS(CURLE_SSL_CONNECT_ERROR, "unsupported protocol"),
	    CONNECT("tls_version", "the server's TLS is older than 1.2, the least that is spoken") },
	{ SAYS(CURLE_SSL_CONNECT_ERROR, "alert protocol version"),
	    CONNECT("tls_version", "the server's TLS is older than 1.2, the least that is spoken") },
	{ SAYS(CURLE_SSL_CONNECT_ERROR, "wrong version number"),
	    CONNECT("tls_none", "what the server speaks there is no TLS (check BaseUrl's scheme and port)") },
	{ ALWAYS(CURLE_SSL_CONNECT_ERROR), CONNECT("tls_connect", "the TLS handshake failed") },
	/* All limits but the one on connecting are the engine's own. */
	{ WHEN(CURLE_OPERATION_TIMEDOUT, FAULT_UNRESOLVED), OUTCOME_TIMEOUT, ERR_UNAVAILABLE, "dns_timeout",
	    "the host's name was not resolved within ConnectTimeout (check the resolver)" },
	{ SAYS(CURLE_OPERATION_TIMEDOUT, "SSL connection"), OUTCOME_TIMEOUT, ERR_UNAVAILABLE, "tls_timeout",
	    "connected, but no TLS handshake within ConnectTimeout" },
	{ ALWAYS(CURLE_OPERATION_TIMEDOUT), OUTCOME_TIMEOUT, ERR_UNAVAILABLE, "connect_timeout",
	    "no connection within ConnectTimeout" },
	/* A length that is not kept is told by how many bytes are missing. */
	{ SAYS(CURLE_PARTIAL_FILE, "bytes remaining"), BROKEN("body_short", "the answer broke off") },
	{ ALWAYS(CURLE_PARTIAL_FILE), BROKEN("body_unended", "the answer broke off before its last chunk") },
	{ SAYS(CURLE_RECV_ERROR, "chunk"), BROKEN("chunk_invalid", "the answer broke off at a chunk that is none") },
	{ WHEN(CURLE_RECV_ERROR, FAULT_ANSWERED), BROKEN("broken_body", "the connection broke off in the answer") },
	{ ALWAYS(CURLE_RECV_ERROR), BROKEN("broken", "the connection broke off") },
	{ ALWAYS(CURLE_SEND_ERROR), BROKEN("broken", "the connection broke off") },
	{ WHEN(CURLE_GOT_NOTHING, FAULT_BEGUN),
	    BROKEN("headers_unended", "the connection ended amid the answer's headers") },
	/* As libcurl sees it, all went well. */
	{ ALWAYS(CURLE_OK), BROKEN("headers_unended", "the connection ended amid the answer's headers") },
	{ ALWAYS(CURLE_GOT_NOTHING), BROKEN("no_answer", "the connection ended without an answer") },
	{ ALWAYS(CURLE_HTTP2), BROKEN("broken", "the connection broke off") },
	{ ALWAYS(CURLE_HTTP2_STREAM), BROKEN("broken", "the connection broke off") },
	{ ALWAYS(CURLE_SSL_SHUTDOWN_FAILED), BROKEN("broken", "the connection broke off") },
	/* HTTP/0.9, which is to say: no HTTP at all. */
	{ ALWAYS(CURLE_UNSUPPORTED_PROTOCOL), BODY("not_http", "the answer is not HTTP") },
	{ ALWAYS(CURLE_WEIRD_SERVER_REPLY), BODY("not_http", "the answer is not HTTP") },
	{ ALWAYS(CURLE_BAD_CONTENT_ENCODING),
	    BODY("body_encoding", "the answer's Content-Encoding cannot be decoded") },
	{ ALWAYS(CURLE_WRITE_ERROR), BODY("body_encoding", "the answer's body cannot be decoded") },
	{ CERTIFICATE(
	    VERDICT_ERR_CERT_HAS_EXPIRED, "tls_expired", "the server's certificate has expired (mend it there)") },
	{ CERTIFICATE(VERDICT_ERR_CERT_NOT_YET_VALID, "tls_not_yet_valid",
	    "the server's certificate is not valid yet (check both clocks)") },
	{ CERTIFICATE(VERDICT_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "tls_self_signed", SELF_SIGNED) },
	{ CERTIFICATE(VERDICT_ERR_SELF_SIGNED_CERT_IN_CHAIN, "tls_unknown_ca", UNKNOWN_CA) },
	{ CERTIFICATE(VERDICT_ERR_UNABLE_TO_GET_ISSUER_CERT, "tls_unknown_ca", UNKNOWN_CA) },
	{ CERTIFICATE(VERDICT_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "tls_unknown_ca", UNKNOWN_CA) },
	{ CERTIFICATE(VERDICT_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "tls_unknown_ca", UNKNOWN_CA) },
	/* The name is checked by libcurl itself, when OpenSSL has no objection. */
	{ CERTIFICATE(VERDICT_NONE, "tls_wrong_host", "the server's certificate is for another host (check BaseUrl)") },
	{ ALWAYS(CURLE_PEER_FAILED_VERIFICATION), REFUSED("tls", UNVERIFIED) },
	{ ALWAYS(CURLE_SSL_ISSUER_ERROR), REFUSED("tls", UNVERIFIED) },
	{ ALWAYS(CURLE_SSL_INVALIDCERTSTATUS), REFUSED("tls", UNVERIFIED) },
	{ ALWAYS(CURLE_SSL_CACERT_BADFILE), OUTCOME_LOCAL, ERR_CONFIG, "ca_file",
	    "the CA file cannot be read (check CaFile, or install ca-certificates)" },
	{ ALWAYS(CURLE_OUT_OF_MEMORY), NO_MEMORY },
};

static const struct fault other = { ALWAYS(CURL_LAST), OUTCOME_LOCAL, ERR_INTERNAL, "transfer", "the transfer failed" };

static bool
fits(const struct fault *fault, const struct fault_seen *seen)
{
	if (fault->curl != seen->curl)
		return false;
	switch (fault->when) {
	case FAULT_ALWAYS:
		return true;
	case FAULT_ANSWERED:
		return seen->answered;
	case FAULT_PROXY:
		return seen->proxy;
	case FAULT_ADDRESS:
		return seen->address;
	case FAULT_UNRESOLVED:
		return !seen->resolved;
	case FAULT_BEGUN:
		return seen->begun;
	case FAULT_VERIFY:
		return seen->verify == fault->which;
	case FAULT_SAYS:
		return strstr(seen->detail, fault->says) != NULL;
	}
	return false;
}

const struct fault *
fault_of(const struct fault_seen *seen)
{
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (fits(&faults[i], seen))
			return &faults[i];
	return &other;
}

int
fault_multi(CURLMcode curl, struct err *e)
{
	if (curl == CURLM_OUT_OF_MEMORY)
		return err_memory(e);
	return err_set(e, ERR_INTERNAL, "transfer", "libcurl: %s", curl_multi_strerror(curl));
}

const char *
fault_hint(long status)
{
	static const struct {
		long status;
		const char *hint;
	} hints[] = {
		{ 401, "check Auth and its secret" },
		{ 403, "check what Auth's secret is allowed to do" },
		{ 404, "check BaseUrl and the path" },
		{ 407, "check Proxy" },
		{ 429, "a lower RateLimit may help" },
	};
	size_t i;

	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (hints[i].status == status)
			return hints[i].hint;
	return NULL;
}
