#include "report/wrap.h"

#include <string.h>

#include "base/bounds.h"
#include "base/escape.h"
#include "report/cell.h"

/* One word with the blank before it, if it is not the line's first. */
static int
add_word(struct buf *b, const char *word, size_t len, size_t *at, size_t indent, size_t width)
{
	size_t wide = cell_width(word, len), blank = *at > indent ? 1 : 0, i;

	if (width > 0 && blank == 1 && *at + blank + wide > width) {
		if (buf_addc(b, '\n') == -1)
			return -1;
		for (i = 0; i < indent; i++)
			if (buf_addc(b, ' ') == -1)
				return -1;
		*at = indent;
		blank = 0;
	}
	*at += blank + wide;
	return (blank == 1 && buf_addc(b, ' ') == -1) || buf_add(b, word, len) == -1 ? -1 : 0;
}

int
wrap_text(struct buf *b, const char *text, size_t at, size_t indent, size_t width)
{
	char room[BOUND_MESSAGE + sizeof("…")];
	struct buf line;
	const char *word;
	size_t len;

	buf_lend(&line, room, sizeof(room));
	if (escape_line(&line, text, strlen(text), BOUND_MESSAGE) == -1)
		return -1;
	for (word = buf_text(&line); *word != '\0'; word += len + (word[len] == ' ')) {
		len = strcspn(word, " ");
		if (add_word(b, word, len, &at, indent, width) == -1)
			return -1;
	}
	return 0;
}

size_t
wrap_line(const char *text, size_t len, size_t width)
{
	size_t fits = cell_fit(text, len, width), n = fits;

	if (fits == len)
		return len;
	while (n > 0 && text[n] != ' ')
		n--;
	while (n > 0 && text[n - 1] == ' ')
		n--;
	return n > 0 ? n : fits;
}
