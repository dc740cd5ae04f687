#include "http/fault.h"

#include <stddef.h>

static const struct fault faults[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, OUTCOME_CONNECT, ERR_UNAVAILABLE, "dns",
	    "the host's name could not be resolved (check BaseUrl and the resolver)" },
	{ CURLE_COULDNT_RESOLVE_PROXY, OUTCOME_CONNECT, ERR_UNAVAILABLE, "proxy",
	    "the proxy's name could not be resolved (check Proxy)" },
	{ CURLE_PROXY, OUTCOME_CONNECT, ERR_UNAVAILABLE, "proxy", "the proxy failed" },
	{ CURLE_COULDNT_CONNECT, OUTCOME_CONNECT, ERR_UNAVAILABLE, "connect", "no connection" },
	{ CURLE_SSL_CONNECT_ERROR, OUTCOME_CONNECT, ERR_UNAVAILABLE, "tls_connect", "the TLS handshake failed" },
	/* All limits but the one on connecting are the engine's own. */
	{ CURLE_OPERATION_TIMEDOUT, OUTCOME_TIMEOUT, ERR_UNAVAILABLE, "connect_timeout",
	    "no connection within ConnectTimeout" },
	{ CURLE_PARTIAL_FILE, OUTCOME_BROKEN, ERR_UNAVAILABLE, "broken", "the answer broke off" },
	{ CURLE_RECV_ERROR, OUTCOME_BROKEN, ERR_UNAVAILABLE, "broken", "the connection broke off" },
	{ CURLE_SEND_ERROR, OUTCOME_BROKEN, ERR_UNAVAILABLE, "broken", "the connection broke off" },
	{ CURLE_GOT_NOTHING, OUTCOME_BROKEN, ERR_UNAVAILABLE, "broken", "the connection ended without an answer" },
	{ CURLE_HTTP2, OUTCOME_BROKEN, ERR_UNAVAILABLE, "broken", "the connection broke off" },
	{ CURLE_HTTP2_STREAM, OUTCOME_BROKEN, ERR_UNAVAILABLE, "broken", "the connection broke off" },
	{ CURLE_SSL_SHUTDOWN_FAILED, OUTCOME_BROKEN, ERR_UNAVAILABLE, "broken", "the connection broke off" },
	/* HTTP/0.9, which is to say: no HTTP at all. */
	{ CURLE_UNSUPPORTED_PROTOCOL, OUTCOME_BODY, ERR_UNAVAILABLE, "not_http", "the answer is not HTTP" },
	{ CURLE_WEIRD_SERVER_REPLY, OUTCOME_BODY, ERR_UNAVAILABLE, "not_http", "the answer is not HTTP" },
	{ CURLE_BAD_CONTENT_ENCODING, OUTCOME_BODY, ERR_UNAVAILABLE, "body_encoding",
	    "the answer's Content-Encoding cannot be decoded" },
	{ CURLE_WRITE_ERROR, OUTCOME_BODY, ERR_UNAVAILABLE, "body_encoding", "the answer's body cannot be decoded" },
	{ CURLE_PEER_FAILED_VERIFICATION, OUTCOME_REFUSED, ERR_UNAVAILABLE, "tls",
	    "the server's certificate cannot be verified (mend it there, or name its CA as CaFile)" },
	{ CURLE_SSL_ISSUER_ERROR, OUTCOME_REFUSED, ERR_UNAVAILABLE, "tls",
	    "the server's certificate cannot be verified (mend it there, or name its CA as CaFile)" },
	{ CURLE_SSL_INVALIDCERTSTATUS, OUTCOME_REFUSED, ERR_UNAVAILABLE, "tls",
	    "the server's certificate cannot be verified (mend it there, or name its CA as CaFile)" },
	{ CURLE_SSL_CACERT_BADFILE, OUTCOME_LOCAL, ERR_CONFIG, "ca_file",
	    "the CA file cannot be read (check CaFile, or install ca-certificates)" },
	{ CURLE_OUT_OF_MEMORY, OUTCOME_LOCAL, ERR_INTERNAL, "no_memory", "out of memory" },
};

static const struct fault other = { CURLE_OK, OUTCOME_LOCAL, ERR_INTERNAL, "transfer", "the transfer failed" };

const struct fault *
fault_of(CURLcode curl)
{
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].curl == curl)
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
