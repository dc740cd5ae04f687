#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/fault.h"

static void
fault__knows_every_code_of_libcurl(void **state)
{
	struct fault_seen seen = { .detail = "" };
	const struct fault *fault;
	int code;

	(void)state;
	for (code = 1; code < CURL_LAST; code++) {
		seen.curl = (CURLcode)code;
		fault = fault_of(&seen);
		assert_non_null(fault);
		assert_int_not_equal(fault->outcome, OUTCOME_ANSWER);
		assert_in_range(strlen(fault->code), 1, 31);
		assert_true(fault->words[0] != '\0');
	}
}

static void
fault__tells_causes_of_one_code_apart(void **state)
{
	static const struct {
		struct fault_seen seen;
		enum outcome outcome;
		const char *code, *reason;
	} rows[] = {
		{ { CURLE_COULDNT_CONNECT, .detail = "" }, OUTCOME_CONNECT, "connect", "nobody listens" },
		{ { CURLE_COULDNT_CONNECT, .proxy = true, .detail = "" }, OUTCOME_CONNECT, "proxy_connect",
		    "at the proxy" },
		{ { CURLE_COULDNT_RESOLVE_HOST, .detail = "" }, OUTCOME_CONNECT, "dns", "no such name" },
		{ { CURLE_COULDNT_RESOLVE_HOST, .address = true, .detail = "" }, OUTCOME_LOCAL, "no_memory",
		    "no name to ask for" },
		{ { CURLE_OPERATION_TIMEDOUT, .detail = "" }, OUTCOME_TIMEOUT, "dns_timeout", "a silent resolver" },
		{ { CURLE_OPERATION_TIMEDOUT, .resolved = true, .detail = "" }, OUTCOME_TIMEOUT, "connect_timeout",
		    "no SYN/ACK" },
		{ { CURLE_OPERATION_TIMEDOUT, .resolved = true, .detail = "SSL connection timeout" }, OUTCOME_TIMEOUT,
		    "tls_timeout", "no ServerHello" },
		{ { CURLE_RECV_ERROR, .detail = "reset" }, OUTCOME_BROKEN, "broken", "before an answer" },
		{ { CURLE_RECV_ERROR, .answered = true, .detail = "reset" }, OUTCOME_BROKEN, "broken_body",
		    "in the answer" },
		{ { CURLE_RECV_ERROR, .answered = true, .detail = "Too long hexadecimal number in chunked-encoding" },
		    OUTCOME_BROKEN, "chunk_invalid", "the frame is wrong" },
		{ { CURLE_PARTIAL_FILE, .answered = true, .detail = "transfer closed with 3 bytes remaining to read" },
		    OUTCOME_BROKEN, "body_short", "a length not kept" },
		{ { CURLE_PARTIAL_FILE, .answered = true,
		      .detail = "transfer closed with outstanding read data remaining" },
		    OUTCOME_BROKEN, "body_unended", "no last chunk" },
		{ { CURLE_SSL_CONNECT_ERROR, .detail = "" }, OUTCOME_CONNECT, "tls_connect", "whatever else" },
		{ { CURLE_SSL_CONNECT_ERROR, .detail = "error:0A000102:SSL routines::unsupported protocol" },
		    OUTCOME_CONNECT, "tls_version", "the server's hello is too old" },
		{ { CURLE_SSL_CONNECT_ERROR, .detail = "error:0A00042E:SSL routines::tlsv1 alert protocol version" },
		    OUTCOME_CONNECT, "tls_version", "ours is too new for it" },
		{ { CURLE_SSL_CONNECT_ERROR, .detail = "error:0A00010B:SSL routines::wrong version number" },
		    OUTCOME_CONNECT, "tls_none", "plain HTTP" },
		{ { CURLE_PEER_FAILED_VERIFICATION, .verify = 10, .detail = "" }, OUTCOME_REFUSED, "tls_expired",
		    "10" },
		{ { CURLE_PEER_FAILED_VERIFICATION, .verify = 9, .detail = "" }, OUTCOME_REFUSED, "tls_not_yet_valid",
		    "9" },
		{ { CURLE_PEER_FAILED_VERIFICATION, .verify = 18, .detail = "" }, OUTCOME_REFUSED, "tls_self_signed",
		    "18" },
		{ { CURLE_PEER_FAILED_VERIFICATION, .verify = 19, .detail = "" }, OUTCOME_REFUSED, "tls_unknown_ca",
		    "19" },
		{ { CURLE_PEER_FAILED_VERIFICATION, .verify = 20, .detail = "" }, OUTCOME_REFUSED, "tls_unknown_ca",
		    "20" },
		{ { CURLE_PEER_FAILED_VERIFICATION, .verify = 1, .detail = "" }, OUTCOME_REFUSED, "tls_wrong_host",
		    "1" },
		{ { CURLE_PEER_FAILED_VERIFICATION, .verify = 23, .detail = "" }, OUTCOME_REFUSED, "tls", "revoked" },
		{ { CURLE_GOT_NOTHING, .detail = "" }, OUTCOME_BROKEN, "no_answer", "not a byte" },
		{ { CURLE_GOT_NOTHING, .begun = true, .detail = "" }, OUTCOME_BROKEN, "headers_unended",
		    "a 103 and no more" },
		{ { CURLE_OK, .begun = true, .detail = "" }, OUTCOME_BROKEN, "headers_unended",
		    "an end amid the headers" },
		{ { CURLE_LDAP_CANNOT_BIND, .detail = "" }, OUTCOME_LOCAL, "transfer", "cannot be" },
	};
	const struct fault *fault;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fault = fault_of(&rows[i].seen);
		if (fault->outcome != rows[i].outcome || strcmp(fault->code, rows[i].code) != 0)
			fail_msg("%s: %d, %s", rows[i].reason, (int)fault->outcome, fault->code);
	}
}

static void
fault_hint__knows_what_helps(void **state)
{
	(void)state;
	assert_non_null(fault_hint(401));
	assert_null(fault_hint(200));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fault__knows_every_code_of_libcurl),
		cmocka_unit_test(fault__tells_causes_of_one_code_apart),
		cmocka_unit_test(fault_hint__knows_what_helps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
