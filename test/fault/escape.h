/*
 * Ways out of the sandbox that go by files. Each returns 0 if it leads out, else an error number.
 */
#ifndef FAULT_ESCAPE_H
#define FAULT_ESCAPE_H

/* A path outside, or inside beside the database. One of each at a time. */
const char *escape_outside(const char *name);
const char *escape_inside(const char *name);

int escape_read_passwd(void);
int escape_read_file(void);
int escape_read_by_dots(void);
int escape_read_by_link(void);
int escape_list_root(void);
int escape_list_etc(void);
int escape_read_other_process(void);
int escape_write_file(void);
int escape_make_file(void);
int escape_write_secret(void);
int escape_write_tmp(void);
int escape_truncate_file(void);
int escape_remove_file(void);
int escape_rename_in(void);
int escape_link_in(void);
int escape_make_link(void);
int escape_make_folder(void);
int escape_make_fifo(void);
int escape_make_socket(void);
int escape_keep_write(void);
int escape_keep_certificates(void);
int escape_keep_resolver(void);
int escape_keep_null(void);
int escape_keep_random(void);

#endif
