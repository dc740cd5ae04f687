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
	const struct fault *fault;
	int code;

	(void)state;
	for (code = 1; code < CURL_LAST; code++) {
		fault = fault_of((CURLcode)code);
		assert_non_null(fault);
		assert_int_not_equal(fault->outcome, OUTCOME_ANSWER);
		assert_in_range(strlen(fault->code), 1, 31);
		assert_true(fault->words[0] != '\0');
	}
}

/* Rows that no server on the loopback can bring about without TLS. */
static void
fault__is_final_when_a_certificate_cannot_be_verified(void **state)
{
	(void)state;
	assert_int_equal(fault_of(CURLE_PEER_FAILED_VERIFICATION)->outcome, OUTCOME_REFUSED);
	assert_string_equal(fault_of(CURLE_PEER_FAILED_VERIFICATION)->code, "tls");
	assert_int_equal(fault_of(CURLE_SSL_CONNECT_ERROR)->outcome, OUTCOME_CONNECT);
	assert_int_equal(fault_of(CURLE_OPERATION_TIMEDOUT)->outcome, OUTCOME_TIMEOUT);
	assert_int_equal(fault_of(CURLE_LDAP_CANNOT_BIND)->outcome, OUTCOME_LOCAL);
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
		cmocka_unit_test(fault__is_final_when_a_certificate_cannot_be_verified),
		cmocka_unit_test(fault_hint__knows_what_helps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
