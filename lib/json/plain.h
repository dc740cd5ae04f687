/*
 * Runs of plain string bytes, eight at a time: shared by the scanner and by
 * the walk over valid text, which both spend most of their time in strings.
 */
#ifndef JSON_PLAIN_H
#define JSON_PLAIN_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PLAIN_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The high bit of each byte that is zero; exact up to and with the lowest such byte. */
static inline uint64_t
plain_zero(uint64_t word)
{
	return (word - PLAIN_EACH(0x01)) & ~word & PLAIN_EACH(0x80);
}

/* The first byte in p to end that is a quote, a backslash, a control character or no ASCII; else end. */
static inline const unsigned char *
json_plain(const unsigned char *p, const unsigned char *end)
{
	uint64_t word, stop;

	for (; end - p >= 8; p += 8) {
		memcpy(&word, p, 8);
		word = le64toh(word);
		stop = plain_zero(word ^ PLAIN_EACH('"')) | plain_zero(word ^ PLAIN_EACH('\\')) |
		    plain_zero(word & PLAIN_EACH(0xe0)) | (word & PLAIN_EACH(0x80));
		if (stop != 0)
			return p + __builtin_ctzll(stop) / 8;
	}
	while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
}

#endif
