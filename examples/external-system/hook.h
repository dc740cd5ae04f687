/*
 * A place to tell things to, such as a chat's or a monitor's web hook.
 */
#ifndef HOOK_H
#define HOOK_H

#include "routes.h"

/* Takes any body and writes it to hook_log, byte for byte. */
route_fn hook_take;

#endif
