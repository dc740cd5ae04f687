#include "run/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <bsd/libutil.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"

#define POLL_MS 100

/* Where the locked bytes are: no database is so large, and SQLite's own locks are on bytes behind the first GiB. */
#define LOCK_BYTES_AT (INT64_C(1) << 62)
#define LOCK_BYTES_MASK (LOCK_BYTES_AT - 1)

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
	out[n != -1 ? n : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

/* Who holds it is a courtesy to whoever waits: a full disk must not stop a run here. */
static void
write_holder(int fd)
{
	char at[CLOCK_TEXT], line[LOCK_LINE] = "";

	clock_text(clock_utc_ms(), at);
	snprintf(line, sizeof(line), "pid %ld since %s\n", (long)getpid(), at);
	(void)!pwrite(fd, line, sizeof(line), 0);
}

/* Without blocks of its own on the disk, a write to mapped memory would end the process once that is full. */
static void *
map_room(int fd)
{
	char *at;

	if (posix_fallocate(fd, 0, LOCK_LINE + LOCK_ROOM) != 0)
		return NULL;
	at = mmap(NULL, LOCK_LINE + LOCK_ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	/* lock_release() gives it back from there. */
	/* cppcheck-suppress memleak */
	return at != MAP_FAILED ? at + LOCK_LINE : NULL;
}

/* The byte of a job type. Two that share one, billions of billions apart, would exclude each other, and no more. */
static struct flock
byte_of(int64_t job_type, short how)
{
	return (struct flock){
		.l_type = how,
		.l_whence = SEEK_SET,
		.l_start = LOCK_BYTES_AT + (job_type & LOCK_BYTES_MASK),
		.l_len = 1,
	};
}

/*
 * The byte of the database's file: 0; 1 another process has it; -1. A lock of the open file and not of the process: it
 * is no business of SQLite's, which locks and closes as it likes.
 */
static int
try_byte(struct lock *lock, struct db *db, int64_t job_type, struct err *e)
{
	struct flock byte = byte_of(job_type, F_WRLCK);

	if ((lock->db_fd = db_file(db, e)) == -1)
		return -1;
	lock->at = byte.l_start;
	if (fcntl(lock->db_fd, F_OFD_SETLK, &byte) == 0)
		return 0;
	lock->db_fd = -1;
	return errno == EAGAIN || errno == EACCES
	    ? 1
	    : err_sys(e, ERR_DATABASE, "lock", "cannot lock a byte of %s", db->path);
}

static int
try_file(struct lock *lock, const char *path, struct err *e)
{
	enum err_kind kind;
	struct stat st;
	int why;

	lock->fd = flopen(path, O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock->fd == -1 && errno == EWOULDBLOCK)
		return 1;
	if (lock->fd == -1) {
		why = errno;
		/* A link, a folder or the like was put there; all else keeps the database from being written, too. */
		kind = lstat(path, &st) == 0 && !S_ISREG(st.st_mode) ? ERR_INPUT : ERR_DATABASE;
		errno = why;
		return err_sys(e, kind, "lock",
		    "cannot lock %s: this user must be able to write it and its folder, and its disk must have room",
		    path);
	}
	if (fstat(lock->fd, &st) == -1)
		return err_sys(e, ERR_DATABASE, "lock", "cannot lock %s", path);
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1)
		return err_set(e, ERR_INPUT, "lock", "%s is no file of jobrun's: remove it", path);
	write_holder(lock->fd);
	lock->room = map_room(lock->fd);
	return 0;
}

/* First the byte: the file must not get our name while another run is at work. 0; 1 another has it; -1. */
static int
try_lock(struct lock *lock, struct db *db, int64_t job_type, const char *path, struct err *e)
{
	int got = try_byte(lock, db, job_type, e);

	if (got == 0 && (got = try_file(lock, path, e)) != 0)
		lock_release(lock);
	return got;
}

/* Where the lock's file of this job type is. 0 or -1 (no memory). */
static int
lock_path(struct buf *path, const char *db_path, int64_t job_type)
{
	buf_init(path, BOUND_PATH);
	return buf_addf(path, "%s.job%lld.lock", db_path, (long long)job_type);
}

/* 1, 0 or -1, of the byte; it is asked for and never taken. */
static int
byte_is_held(struct db *db, int64_t job_type)
{
	/* A lock to read is all that a descriptor to read may ask for, and a run's lock is in its way. */
	struct flock byte = byte_of(job_type, F_RDLCK);
	struct err ignored = ERR_INIT;
	int fd = db_file(db, &ignored);

	if (fd == -1 || fcntl(fd, F_OFD_GETLK, &byte) == -1)
		return -1;
	return byte.l_type != F_UNLCK;
}

/* The same of the file: a run of a jobrun that knew of no byte has that alone. */
static int
file_is_held(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), held;

	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	if (flock(fd, LOCK_SH | LOCK_NB) == 0)
		held = 0;
	else
		held = errno == EWOULDBLOCK ? 1 : -1;
	/* Which lets go of it. */
	close(fd);
	return held;
}

int
lock_is_held(struct db *db, int64_t job_type)
{
	int held = byte_is_held(db, job_type);
	struct buf path;

	if (held != 0)
		return held;
	held = lock_path(&path, db->path, job_type) == 0 ? file_is_held(path.at) : -1;
	buf_release(&path);
	return held;
}

int
lock_take(struct lock *lock, struct db *db, int64_t job_type, int64_t wait_ms, const volatile sig_atomic_t *signal,
    struct err *e)
{
	struct timespec nap = { 0, POLL_MS * 1000000L };
	/* Whoever looks whether a run is alive has the lock for an instant: a second look tells that from a run. */
	int64_t until = clock_mono_ms() + (wait_ms > POLL_MS ? wait_ms : POLL_MS);
	char holder[80];
	struct buf path;
	int got = -1;

	*lock = (struct lock){ .fd = -1, .db_fd = -1 };
	if (lock_path(&path, db->path, job_type) == -1) {
		err_memory(e);
		goto out;
	}
	while ((got = try_lock(lock, db, job_type, path.at, e)) == 1 && clock_mono_ms() < until && *signal == 0)
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
	struct flock byte = { .l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = lock->at, .l_len = 1 };

	if (lock->room != NULL)
		munmap((char *)lock->room - LOCK_LINE, LOCK_LINE + LOCK_ROOM);
	if (lock->fd != -1)
		close(lock->fd);
	if (lock->db_fd != -1)
		(void)fcntl(lock->db_fd, F_OFD_SETLK, &byte);
	*lock = (struct lock){ .fd = -1, .db_fd = -1 };
}
