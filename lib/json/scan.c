#include "json/scan.h"

#include "json/plain.h"

/* Tables that are read as tables: clang-format would give each entry a line. */
/* clang-format off */

/* Kinds of bytes, as far as the grammar tells them apart. Bytes with no part in it are NONE. */
enum byte_class {
	NONE, SPACE, QUOTE, BSLASH, SLASH, LBRACE, RBRACE, LBRACK, RBRACK, COLON, COMMA, PLUS, MINUS, POINT, ZERO,
	DIGIT, LOW_A, LOW_B, HEX, LOW_E, LOW_F, LOW_L, LOW_N, LOW_R, LOW_S, LOW_T, LOW_U, BIG_E,
	/* UTF-8: continuation bytes 80-8f, 90-9f, a0-bf; then leads by what may follow them. */
	CONT8, CONT9, CONTA, LEAD2, LEADE0, LEAD3, LEADED, LEADF0, LEAD4, LEADF4,
	CLASSES
};

enum state {
	BAD,
	VALUE,       /* a value must come */
	FIRST_VALUE, /* behind '[' */
	FIRST_NAME,  /* behind '{' */
	NAME,        /* behind ',' in an object */
	NAME_END,    /* behind a name: ':' */
	VALUE_END,   /* behind a value in a container */
	STRING, ESCAPE, HEX1, HEX2, HEX3, HEX4, UTF1, UTF2, UTF3, UTFE0, UTFED, UTFF0, UTFF4,
	NUM_MINUS, NUM_ZERO, NUM_INT, NUM_POINT, NUM_FRAC, NUM_E, NUM_SIGN, NUM_EXP,
	T, TR, TRU, F, FA, FAL, FALS, N, NU, NUL,
	STATES,
	/* From here on: not states but things to do, which say what the next state is. */
	OPEN_OBJECT = STATES, OPEN_ARRAY, CLOSE_OBJECT, CLOSE_ARRAY, DO_COMMA, BEGIN_NAME, END_STRING, END_VALUE,
	WHOLE /* the value is at its end */
};

static const unsigned char class_of[256] = {
	[' '] = SPACE, ['\t'] = SPACE, ['\n'] = SPACE, ['\r'] = SPACE, ['"'] = QUOTE, ['\\'] = BSLASH, ['/'] = SLASH,
	['{'] = LBRACE, ['}'] = RBRACE, ['['] = LBRACK, [']'] = RBRACK, [':'] = COLON, [','] = COMMA, ['+'] = PLUS,
	['-'] = MINUS, ['.'] = POINT, ['0'] = ZERO, ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT, ['4'] = DIGIT,
	['5'] = DIGIT, ['6'] = DIGIT, ['7'] = DIGIT, ['8'] = DIGIT, ['9'] = DIGIT, ['a'] = LOW_A, ['b'] = LOW_B,
	['c'] = HEX, ['d'] = HEX, ['e'] = LOW_E, ['f'] = LOW_F, ['l'] = LOW_L, ['n'] = LOW_N, ['r'] = LOW_R,
	['s'] = LOW_S, ['t'] = LOW_T, ['u'] = LOW_U, ['A'] = HEX, ['B'] = HEX, ['C'] = HEX, ['D'] = HEX,
	['E'] = BIG_E, ['F'] = HEX,
	/* From 80 on, sixteen a line. */
	[0x80] =
	CONT8, CONT8, CONT8, CONT8, CONT8, CONT8, CONT8, CONT8, CONT8, CONT8, CONT8, CONT8, CONT8, CONT8, CONT8, CONT8,
	CONT9, CONT9, CONT9, CONT9, CONT9, CONT9, CONT9, CONT9, CONT9, CONT9, CONT9, CONT9, CONT9, CONT9, CONT9, CONT9,
	CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA,
	CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA, CONTA,
	NONE, NONE, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2,
	LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2, LEAD2,
	LEADE0, LEAD3, LEAD3, LEAD3, LEAD3, LEAD3, LEAD3, LEAD3, LEAD3, LEAD3, LEAD3, LEAD3, LEAD3, LEADED, LEAD3,
	LEAD3,
	LEADF0, LEAD4, LEAD4, LEAD4, LEADF4
};

#define VALUES \
	[QUOTE] = STRING, [LBRACE] = OPEN_OBJECT, [LBRACK] = OPEN_ARRAY, [MINUS] = NUM_MINUS, [ZERO] = NUM_ZERO, \
	[DIGIT] = NUM_INT, [LOW_T] = T, [LOW_F] = F, [LOW_N] = N
#define HEXES(next) \
	[ZERO] = (next), [DIGIT] = (next), [LOW_A] = (next), [LOW_B] = (next), [HEX] = (next), [LOW_E] = (next), \
	[LOW_F] = (next), [BIG_E] = (next)

static const unsigned char table[STATES][CLASSES] = {
	[VALUE] = { [SPACE] = VALUE, VALUES },
	[FIRST_NAME] = { [SPACE] = FIRST_NAME, [QUOTE] = BEGIN_NAME, [RBRACE] = CLOSE_OBJECT },
	[NAME] = { [SPACE] = NAME, [QUOTE] = BEGIN_NAME },
	[NAME_END] = { [SPACE] = NAME_END, [COLON] = VALUE },
	[FIRST_VALUE] = { [SPACE] = FIRST_VALUE, [RBRACK] = CLOSE_ARRAY, VALUES },
	[VALUE_END] = { [SPACE] = VALUE_END, [COMMA] = DO_COMMA, [RBRACE] = CLOSE_OBJECT, [RBRACK] = CLOSE_ARRAY },
	/* json_plain() has passed over all that is plain; what is left unlisted is a control character or no UTF-8. */
	[STRING] = { [QUOTE] = END_STRING, [BSLASH] = ESCAPE, [LEAD2] = UTF1, [LEADE0] = UTFE0, [LEAD3] = UTF2,
	    [LEADED] = UTFED, [LEADF0] = UTFF0, [LEAD4] = UTF3, [LEADF4] = UTFF4 },
	[ESCAPE] = { [QUOTE] = STRING, [BSLASH] = STRING, [SLASH] = STRING, [LOW_B] = STRING, [LOW_F] = STRING,
	    [LOW_N] = STRING, [LOW_R] = STRING, [LOW_T] = STRING, [LOW_U] = HEX1 },
	[HEX1] = { HEXES(HEX2) },
	[HEX2] = { HEXES(HEX3) },
	[HEX3] = { HEXES(HEX4) },
	[HEX4] = { HEXES(STRING) },
	/* The four special leads shut out overlong forms, surrogates and what is above U+10FFFF. */
	[UTF1] = { [CONT8] = STRING, [CONT9] = STRING, [CONTA] = STRING },
	[UTF2] = { [CONT8] = UTF1, [CONT9] = UTF1, [CONTA] = UTF1 },
	[UTF3] = { [CONT8] = UTF2, [CONT9] = UTF2, [CONTA] = UTF2 },
	[UTFE0] = { [CONTA] = UTF1 },
	[UTFED] = { [CONT8] = UTF1, [CONT9] = UTF1 },
	[UTFF0] = { [CONT9] = UTF2, [CONTA] = UTF2 },
	[UTFF4] = { [CONT8] = UTF2 },
	[NUM_MINUS] = { [ZERO] = NUM_ZERO, [DIGIT] = NUM_INT },
	[NUM_ZERO] = { [POINT] = NUM_POINT, [LOW_E] = NUM_E, [BIG_E] = NUM_E },
	[NUM_INT] = { [ZERO] = NUM_INT, [DIGIT] = NUM_INT, [POINT] = NUM_POINT, [LOW_E] = NUM_E, [BIG_E] = NUM_E },
	[NUM_POINT] = { [ZERO] = NUM_FRAC, [DIGIT] = NUM_FRAC },
	[NUM_FRAC] = { [ZERO] = NUM_FRAC, [DIGIT] = NUM_FRAC, [LOW_E] = NUM_E, [BIG_E] = NUM_E },
	[NUM_E] = { [PLUS] = NUM_SIGN, [MINUS] = NUM_SIGN, [ZERO] = NUM_EXP, [DIGIT] = NUM_EXP },
	[NUM_SIGN] = { [ZERO] = NUM_EXP, [DIGIT] = NUM_EXP },
	[NUM_EXP] = { [ZERO] = NUM_EXP, [DIGIT] = NUM_EXP },
	[T] = { [LOW_R] = TR },
	[TR] = { [LOW_U] = TRU },
	[TRU] = { [LOW_E] = END_VALUE },
	[F] = { [LOW_A] = FA },
	[FA] = { [LOW_L] = FAL },
	[FAL] = { [LOW_S] = FALS },
	[FALS] = { [LOW_E] = END_VALUE },
	[N] = { [LOW_U] = NU },
	[NU] = { [LOW_L] = NUL },
	[NUL] = { [LOW_L] = END_VALUE }
};

/* clang-format on */

static const char deep[] = "nested too deep";

static inline bool
in_object(const struct json_scan *s)
{
	return (s->object[(s->depth - 1) / 64] >> ((s->depth - 1) % 64) & 1) != 0;
}

static inline bool
number_may_end(unsigned state)
{
	return state == NUM_ZERO || state == NUM_INT || state == NUM_FRAC || state == NUM_EXP;
}

static inline unsigned
open_container(struct json_scan *s, bool object)
{
	uint64_t bit = UINT64_C(1) << (s->depth % 64), *word = &s->object[s->depth / 64];

	if (s->depth == s->most) {
		s->why = deep;
		return BAD;
	}
	*word = object ? *word | bit : *word & ~bit;
	s->depth++;
	return object ? FIRST_NAME : FIRST_VALUE;
}

/* What the table asked for; returns the next state, BAD or WHOLE. */
static inline unsigned
act(struct json_scan *s, unsigned action)
{
	switch (action) {
	case OPEN_OBJECT:
	case OPEN_ARRAY:
		return open_container(s, action == OPEN_OBJECT);
	case DO_COMMA:
		return in_object(s) ? NAME : VALUE;
	case BEGIN_NAME:
		s->name = true;
		return STRING;
	case END_STRING:
		if (s->name) {
			s->name = false;
			return NAME_END;
		}
		break;
	case CLOSE_OBJECT:
	case CLOSE_ARRAY:
		if (in_object(s) != (action == CLOSE_OBJECT))
			return BAD;
		s->depth--;
		break;
	default:
		break;
	}
	return s->depth == 0 ? WHOLE : VALUE_END;
}

static const char *
explain(const struct json_scan *s, unsigned state, unsigned char byte)
{
	static const char *const words[STATES] = {
		[VALUE] = "expected a value",
		[FIRST_VALUE] = "expected a value or ']'",
		[FIRST_NAME] = "expected a name in double quotes or '}'",
		[NAME] = "expected a name in double quotes",
		[NAME_END] = "expected ':'",
		[ESCAPE] = "no such escape in a string",
		[HEX1] = "\\u needs four hexadecimal digits",
		[HEX2] = "\\u needs four hexadecimal digits",
		[HEX3] = "\\u needs four hexadecimal digits",
		[HEX4] = "\\u needs four hexadecimal digits",
	};

	if (words[state] != NULL)
		return words[state];
	if (state == VALUE_END)
		return in_object(s) ? "expected ',' or '}'" : "expected ',' or ']'";
	if (state == STRING && byte < 0x20)
		return "a control character in a string must be escaped";
	if (state >= STRING && state <= UTFF4)
		return "a string holds bytes that are not UTF-8";
	return state <= NUM_EXP ? "malformed number" : "no such word: only true, false and null";
}

void
json_scan_start(struct json_scan *s, unsigned most)
{
	s->state = VALUE;
	s->depth = 0;
	s->most = most < BOUND_JSON_DEPTH ? most : BOUND_JSON_DEPTH;
	s->name = false;
	s->why = NULL;
}

/*
 * The byte at hand fits nowhere: what comes next? It ends a number; in a container it is judged anew behind
 * it, outside only what may stand behind a value ends one. All else is BAD, and explained.
 */
static unsigned
misfit(struct json_scan *s, unsigned state, unsigned char byte)
{
	unsigned class = class_of[byte];

	if (number_may_end(state)) {
		if (s->depth > 0 && table[VALUE_END][class] != BAD)
			return VALUE_END;
		if (s->depth == 0 && (class == SPACE || class == COMMA || class == RBRACK || class == RBRACE))
			return WHOLE;
	}
	/* A container too many has its reason already. */
	if (s->why == NULL)
		s->why = explain(s, state, byte);
	return BAD;
}

enum json_scan_got
json_scan_feed(struct json_scan *s, const char *bytes, size_t n, size_t *used)
{
	const unsigned char *p = (const unsigned char *)bytes, *end = p + n;
	unsigned state = s->state, next;

	for (;;) {
		if (state == STRING)
			p = json_plain(p, end);
		if (p == end)
			break;
		next = table[state][class_of[*p]];
		if (next >= STATES)
			next = act(s, next);
		if (next != BAD)
			p++;
		else
			next = misfit(s, state, *p);
		if (next == BAD || next == WHOLE) {
			s->state = state;
			*used = (size_t)(p - (const unsigned char *)bytes);
			return next == BAD ? JSON_SCAN_BAD : JSON_SCAN_WHOLE;
		}
		state = next;
	}
	s->state = state;
	*used = n;
	return JSON_SCAN_MORE;
}

bool
json_scan_end(const struct json_scan *s)
{
	return s->depth == 0 && number_may_end(s->state);
}

const char *
json_scan_inside(const struct json_scan *s)
{
	if (s->state >= STRING && s->state <= UTFF4)
		return s->name ? "a member's name" : "a string";
	if (s->depth > 0)
		return in_object(s) ? "an object" : "an array";
	return "a value";
}
