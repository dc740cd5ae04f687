#include "secret/source.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounds.h"

/* The longest secret and its CRLF; one more byte would be too long for certain. */
#define LINE_ROOM (BOUND_SECRET_BYTES + 2)

int
source_text(const struct source *s, const char *text, size_t len, struct buf *out, struct err *e)
{
	size_t i;

	buf_wipe(out);
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	if (len == 0)
		return err_set(e, s->refused, s->code, "%s is empty", s->name);
	if (len > BOUND_SECRET_BYTES)
		return err_set(e, s->refused, s->code, "%s is longer than %d bytes", s->name, BOUND_SECRET_BYTES);
	for (i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return err_set(e, s->refused, s->code,
			    "%s holds a control character: a secret is one line of text", s->name);
	/* One allocation of the right size: growing would leave copies behind in freed memory. */
	return buf_add(out, text, len) == -1 ? err_memory(e) : 0;
}

/* Reads up to the first line's end, and never more than a line may be long. */
static int
read_line(const struct source *s, int fd, struct buf *out, struct err *e)
{
	char line[LINE_ROOM], *end = NULL;
	size_t len = 0;
	ssize_t n = 1;
	int ret = -1;

	while (end == NULL && n != 0 && len < sizeof(line)) {
		n = read(fd, line + len, sizeof(line) - len);
		/* Also by a signal: it ends the wait for a key that does not come. */
		if (n == -1) {
			err_sys(e, s->unreadable, s->code, "cannot read %s", s->name);
			goto out;
		}
		end = memchr(line + len, '\n', (size_t)n);
		len += (size_t)n;
	}
	if (end == NULL && len == sizeof(line)) {
		err_set(e, s->refused, s->code, "the first line of %s is longer than %d bytes", s->name,
		    BOUND_SECRET_BYTES);
		goto out;
	}
	if (end != NULL)
		len = (size_t)(end - line);
	if (len > 0 && line[len - 1] == '\r')
		len--;
	ret = source_text(s, line, len, out, e);
out:
	explicit_bzero(line, sizeof(line));
	return ret;
}

int
source_stdin(const struct source *s, struct buf *out, struct err *e)
{
	return read_line(s, STDIN_FILENO, out, e);
}

/* The path as one word of a shell, so that the command shown can be pasted. */
static void
quote(const char *path, struct buf *out)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:,@%";

	if (path[strspn(path, plain)] == '\0' && path[0] != '-') {
		buf_adds(out, path);
		return;
	}
	/* "./" keeps a name that begins with a dash from being read as an option. */
	buf_adds(out, path[0] == '-' ? "'./" : "'");
	for (; *path != '\0'; path++) {
		if (*path == '\'')
			buf_adds(out, "'\\''");
		else
			buf_addc(out, *path);
	}
	buf_addc(out, '\'');
}

static int
refuse_mode(const struct source *s, const char *path, mode_t mode, struct err *e)
{
	struct buf word;

	buf_init(&word, 4 * PATH_MAX);
	quote(path, &word);
	err_set(e, s->refused, s->code, "%s is open to group or others (mode %04o): chmod 600 %s", s->name,
	    (unsigned)(mode & 07777), buf_text(&word));
	buf_release(&word);
	return -1;
}

/* Judges the file that is open, not its name: what is judged is what is read. */
static int
judge(const struct source *s, const char *path, int fd, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_sys(e, s->unreadable, s->code, "cannot read %s", s->name);
	if (!S_ISREG(st.st_mode))
		return err_set(e, s->refused, s->code, "%s is no regular file", s->name);
	if (s->guarded)
		return 0;
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return err_set(e, s->refused, s->code, "%s belongs to user id %lu: it must be your own (%lu) or root's",
		    s->name, (unsigned long)st.st_uid, (unsigned long)geteuid());
	return (st.st_mode & 077) != 0 ? refuse_mode(s, path, st.st_mode, e) : 0;
}

int
source_file(const struct source *s, const char *path, struct buf *out, struct err *e)
{
	/* A FIFO must not make us wait, nor a terminal become ours. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), ret;

	if (fd == -1)
		return err_sys(e, s->unreadable, s->code, "cannot read %s", s->name);
	ret = judge(s, path, fd, e) == -1 ? -1 : read_line(s, fd, out, e);
	close(fd);
	return ret;
}
