#include "confine/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * https://docs.kernel.org/userspace-api/landlock.html, spelt out: the headers that we are built with may be older than
 * the kernel that we run on.
 */
#define FS_EXECUTE (1ULL << 0)
#define FS_WRITE_FILE (1ULL << 1)
#define FS_READ_FILE (1ULL << 2)
#define FS_READ_DIR (1ULL << 3)
#define FS_REMOVE_FILE (1ULL << 5)
#define FS_MAKE_REG (1ULL << 8)
#define FS_TRUNCATE (1ULL << 14)
#define NET_BIND_TCP (1ULL << 0)
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define SCOPE_SIGNAL (1ULL << 1)
#define CREATE_VERSION 1U
#define RULE_PATH_BENEATH 1

struct ruleset_attr {
	uint64_t handled_access_fs, handled_access_net, scoped;
};

struct path_beneath_attr {
	uint64_t allowed_access;
	int32_t parent_fd;
} __attribute__((packed));

/* All rights on files that an ABI knows: each that is handled is refused unless a rule allows it. */
static uint64_t
handled(int abi)
{
	static const unsigned rights[] = { 0, 13, 14, 15, 15, 16 };
	int newest = (int)(sizeof(rights) / sizeof(rights[0])) - 1;

	return (1ULL << rights[abi < newest ? abi : newest]) - 1;
}

int
confine_begin(struct confine *c, bool signals, struct err *e)
{
	struct ruleset_attr attr = { 0 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);

	*c = (struct confine){ .fd = -1 };
	if (abi == -1 && (errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM)) {
		c->why =
		    errno == EPERM ? "a filter on system calls keeps Landlock from us" : "this kernel has no Landlock";
		return 1;
	}
	if (abi < 1)
		return err_sys(e, ERR_INTERNAL, "sandbox", "ask the kernel for its Landlock");
	c->abi = (int)abi;
	attr.handled_access_fs = handled(c->abi);
	if (c->abi >= 4)
		attr.handled_access_net = NET_BIND_TCP;
	if (c->abi >= 6)
		attr.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | (signals ? 0 : SCOPE_SIGNAL);
	/* Older kernels take the longer form as well, since what they do not know is zero. */
	c->fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	return c->fd != -1 ? 0 : err_sys(e, ERR_INTERNAL, "sandbox", "make a Landlock ruleset");
}

static int
add_rule(const struct confine *c, int fd, enum confine_use use)
{
	struct path_beneath_attr rule = { .allowed_access = FS_READ_FILE, .parent_fd = fd };
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	if (use == CONFINE_WRITE)
		rule.allowed_access |= FS_WRITE_FILE | FS_TRUNCATE;
	if (S_ISDIR(st.st_mode))
		rule.allowed_access |= FS_READ_DIR | (use == CONFINE_WRITE ? FS_MAKE_REG | FS_REMOVE_FILE : 0);
	rule.allowed_access &= handled(c->abi);
	return (int)syscall(SYS_landlock_add_rule, c->fd, RULE_PATH_BENEATH, &rule, 0);
}

int
confine_allow(struct confine *c, const char *path, enum confine_use use, struct err *e)
{
	int fd = open(path, O_PATH | O_CLOEXEC), ret;

	if (fd == -1 &&
	    (errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == ELOOP || errno == ENAMETOOLONG))
		return 0;
	ret = fd != -1 ? add_rule(c, fd, use) : -1;
	if (ret == -1)
		err_sys(e, ERR_INTERNAL, "sandbox", "allow %s in the sandbox", path);
	if (fd != -1)
		close(fd);
	return ret;
}

int
confine_enter(struct confine *c, struct err *e)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 || syscall(SYS_landlock_restrict_self, c->fd, 0) == -1)
		return err_sys(e, ERR_INTERNAL, "sandbox", "enter the sandbox");
	return 0;
}

void
confine_release(struct confine *c)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
}
