/* SPDX-License-Identifier: Apache-2.0
 * Interrupts and the terminal's echo: the two things of a process that a signal
 * handler and the rest of the program share.
 */
#ifndef HW_HOST_SIGNAL_H
#define HW_HOST_SIGNAL_H

#include <signal.h>
#include <stddef.h>

/* Ctrl-C and SIGTERM are counted from now on, and SIGPIPE is ignored. The third
 * one ends the process at once, in case nothing looks at the count. */
void host_signals_catch(void);

/* What the first and the second one write to stderr, so that a person sees they were heard; NULL: nothing. The texts
 * must outlive the process's last signal. */
void host_signals_announce(const char *first, const char *second);

/* How many came so far. */
int host_interrupts(void);

/* Holds the two signals back until the returned mask is given to ppoll or
 * host_signals_release, so that none slips in between a look and a wait. */
void host_signals_hold(sigset_t *before);
void host_signals_release(const sigset_t *before);

enum host_secret { HOST_SECRET_OK, HOST_SECRET_NO_TERMINAL, HOST_SECRET_INTERRUPTED, HOST_SECRET_TOO_LONG, HOST_SECRET_EMPTY };

/* Asks on the controlling terminal and reads one line without echo into `line`
 * (NUL-terminated, without the line end). The echo comes back whatever happens. */
enum host_secret host_secret_read(const char *prompt, char *line, size_t size);

#endif
