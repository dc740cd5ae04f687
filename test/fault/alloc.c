/*
 * jobrun, some of whose allocations fail. Its own objects are linked once more (CMakeLists.txt names what is taken
 * from libc); SQLite, cJSON and libcurl get allocators that ask the same counter. The real binary has none of this.
 *
 * Each line of standard input is one run of jobrun, in a process of its own, forked from one that is ready:
 *
 *	FAIL <tab> WORD <tab> WORD ...
 *
 * FAIL is N: the Nth allocation fails; N+: it, and all that follow; 0: none. What jobrun says goes to the files
 * stdout and stderr. The answer is a line on standard output: its exit status (128+N: signal N), how many
 * allocations it asked for, and how many of them failed.
 */
#include <sys/mman.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <sqlite3.h>

/* A run that hangs ends by SIGALRM. */
#define RUN_SECONDS 60
#define MOST_WORDS 64

/* Shared with the process that runs, so that it is known however that one ends. Its threads count, too. */
static struct count {
	atomic_long made, failed;
} * count;

/* In the process that runs: 0, none fails. */
static long fail_at;
static bool for_good;

/* The linker's own names for --wrap. */
#define WRAPPED(type, name, parameters) \
	type __real_##name parameters;  \
	type __wrap_##name parameters

WRAPPED(void *, malloc, (size_t size));
WRAPPED(void *, calloc, (size_t n, size_t size));
WRAPPED(void *, realloc, (void *at, size_t size));
WRAPPED(void *, reallocarray, (void *at, size_t n, size_t size));
WRAPPED(char *, strdup, (const char *text));
WRAPPED(char *, strndup, (const char *text, size_t n));
WRAPPED(char *, realpath, (const char *path, char *to));
WRAPPED(int, vasprintf, (char **to, const char *format, va_list ap)) __attribute__((format(printf, 2, 0)));
WRAPPED(int, asprintf, (char **to, const char *format, ...)) __attribute__((format(printf, 2, 3)));
WRAPPED(int, scandir,
    (const char *path, struct dirent ***names, int (*filter)(const struct dirent *),
        int (*compare)(const struct dirent **, const struct dirent **)));
WRAPPED(CURLcode, curl_global_init, (long flags));
WRAPPED(int, main, (int argc, char **argv, char **envp));

/* Counts one, and says whether it is to fail. */
static bool
fails(void)
{
	long made = atomic_fetch_add(&count->made, 1) + 1;

	if (fail_at == 0 || made < fail_at || (made > fail_at && !for_good))
		return false;
	atomic_fetch_add(&count->failed, 1);
	errno = ENOMEM;
	return true;
}

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *at, size_t size)
{
	return fails() ? NULL : __real_realloc(at, size);
}

void *
__wrap_reallocarray(void *at, size_t n, size_t size)
{
	return fails() ? NULL : __real_reallocarray(at, n, size);
}

char *
__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

char *
__wrap_strndup(const char *text, size_t n)
{
	return fails() ? NULL : __real_strndup(text, n);
}

char *
__wrap_realpath(const char *path, char *to)
{
	return fails() ? NULL : __real_realpath(path, to);
}

int
__wrap_vasprintf(char **to, const char *format, va_list ap)
{
	return fails() ? -1 : __real_vasprintf(to, format, ap);
}

int
__wrap_asprintf(char **to, const char *format, ...)
{
	va_list ap;
	int len;

	if (fails())
		return -1;
	va_start(ap, format);
	len = __real_vasprintf(to, format, ap);
	va_end(ap);
	return len;
}

int
__wrap_scandir(const char *path, struct dirent ***names, int (*filter)(const struct dirent *),
    int (*compare)(const struct dirent **, const struct dirent **))
{
	return fails() ? -1 : __real_scandir(path, names, filter, compare);
}

CURLcode
__wrap_curl_global_init(long flags)
{
	return curl_global_init_mem(flags, __wrap_malloc, free, __wrap_realloc, __wrap_strdup, __wrap_calloc);
}

static sqlite3_mem_methods usual;

static void *
sql_malloc(int size)
{
	return fails() ? NULL : usual.xMalloc(size);
}

static void *
sql_realloc(void *at, int size)
{
	return fails() ? NULL : usual.xRealloc(at, size);
}

static int
hook_libraries(void)
{
	cJSON_Hooks hooks = { __wrap_malloc, free };
	sqlite3_mem_methods methods;

	cJSON_InitHooks(&hooks);
	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual) != SQLITE_OK)
		return -1;
	methods = usual;
	methods.xMalloc = sql_malloc;
	methods.xRealloc = sql_realloc;
	return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK ? 0 : -1;
}

static void
redirect(const char *path, int flags, int to)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd == -1 || dup2(fd, to) == -1)
		_exit(127);
}

/* In the process that was forked for it. */
static _Noreturn void
run(char *line, char **envp)
{
	char *words[MOST_WORDS + 1], *end, *fail = strsep(&line, "\t");
	int n = 0;

	words[n++] = __real_strdup("jobrun");
	while (line != NULL && n < MOST_WORDS)
		words[n++] = strsep(&line, "\t");
	words[n] = NULL;
	redirect("/dev/null", O_RDONLY, STDIN_FILENO);
	redirect("stdout", O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
	redirect("stderr", O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
	alarm(RUN_SECONDS);
	fail_at = strtol(fail, &end, 10);
	for_good = *end == '+';
	/* exit(), so that what is left behind is looked for. */
	exit(__real_main(n, words, envp));
}

int
__wrap_main(int argc, char **argv, char **envp)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int status;
	pid_t pid;

	(void)argc;
	(void)argv;
	/* cppcheck-suppress invalidFunctionArg ; -1 is what mmap(2) wants with MAP_ANONYMOUS */
	count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (count == MAP_FAILED || hook_libraries() == -1)
		return 1;
	while ((len = getline(&line, &size, stdin)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		atomic_store(&count->made, 0);
		atomic_store(&count->failed, 0);
		if ((pid = fork()) == 0)
			run(line, envp);
		if (pid == -1 || waitpid(pid, &status, 0) == -1)
			return 1;
		printf("%d %ld %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
		    atomic_load(&count->made), atomic_load(&count->failed));
		fflush(stdout);
	}
	free(line);
	return 0;
}
