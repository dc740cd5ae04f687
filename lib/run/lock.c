#include "run/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <bsd/libutil.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"

#define POLL_MS 100

/* "pid since" as the holder wrote it; never trusted beyond being shown. */
static void
read_holder(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n = -1;

	if (fd != -1) {
		n = read(fd, out, size - 1);
		close(fd);
	}
	out[n > 0 ? n : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

static int
write_holder(int fd)
{
	char at[CLOCK_TEXT], line[64];
	int n;

	clock_text(clock_utc_ms(), at);
	n = snprintf(line, sizeof(line), "pid %ld since %s\n", (long)getpid(), at);
	return ftruncate(fd, 0) == -1 || pwrite(fd, line, (size_t)n, 0) != n ? -1 : 0;
}

static int
try_lock(struct lock *lock, const char *path, struct err *e)
{
	struct stat st;

	lock->fd = flopen(path, O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock->fd == -1)
		return errno == EWOULDBLOCK ? 1 : err_sys(e, ERR_INPUT, "lock", "cannot lock %s", path);
	if (fstat(lock->fd, &st) == -1 || !S_ISREG(st.st_mode) || st.st_nlink != 1) {
		lock_release(lock);
		return err_set(e, ERR_INPUT, "lock", "%s is no file of jobrun's: remove it", path);
	}
	/* Who holds it is a courtesy to whoever waits: a full disk must not stop a run here. */
	(void)write_holder(lock->fd);
	return 0;
}

/* Where the lock of this job type is. 0 or -1 (no memory). */
static int
lock_path(struct buf *path, const char *db_path, int64_t job_type)
{
	buf_init(path, BOUND_PATH);
	return buf_addf(path, "%s.job%lld.lock", db_path, (long long)job_type);
}

int
lock_is_held(const char *db_path, int64_t job_type)
{
	struct buf path;
	int fd = -1, held = -1;

	if (lock_path(&path, db_path, job_type) == -1)
		goto out;
	if ((fd = open(path.at, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) == -1)
		held = errno == ENOENT ? 0 : -1;
	else if (flock(fd, LOCK_SH | LOCK_NB) == 0)
		held = 0;
	else
		held = errno == EWOULDBLOCK ? 1 : -1;
out:
	/* Which lets go of it. */
	if (fd != -1)
		close(fd);
	buf_release(&path);
	return held;
}

int
lock_take(struct lock *lock, const char *db_path, int64_t job_type, int64_t wait_ms,
    const volatile sig_atomic_t *signal, struct err *e)
{
	struct timespec nap = { 0, POLL_MS * 1000000L };
	/* Whoever looks whether a run is alive has the lock for an instant: a second look tells that from a run. */
	int64_t until = clock_mono_ms() + (wait_ms > POLL_MS ? wait_ms : POLL_MS);
	char holder[80];
	struct buf path;
	int got = -1;

	lock->fd = -1;
	if (lock_path(&path, db_path, job_type) == -1) {
		err_memory(e);
		goto out;
	}
	while ((got = try_lock(lock, path.at, e)) == 1 && clock_mono_ms() < until && *signal == 0)
		nanosleep(&nap, NULL);
	if (got == 1 && *signal == 0) {
		read_holder(path.at, holder, sizeof(holder));
		got = err_set(e, ERR_TRY_LATER, "locked",
		    "another run of this job is under way (%s); try later, or --wait",
		    holder[0] != '\0' ? holder : "its pid is not known yet");
	}
out:
	buf_release(&path);
	return got;
}

void
lock_release(struct lock *lock)
{
	if (lock->fd != -1)
		close(lock->fd);
	lock->fd = -1;
}
