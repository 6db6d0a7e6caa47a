/* SPDX-License-Identifier: Apache-2.0
 * Counts interrupts and reads secrets from the terminal. The handler does no
 * more than count, give the echo back and, at the third signal, let go.
 */
#define _GNU_SOURCE 1
#include "host_signal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define LAST_STRAW 3

static volatile sig_atomic_t interrupts;
static volatile sig_atomic_t silenced_fd = -1;
static struct termios loud;
static const char *announcements[LAST_STRAW - 1];

static void give_echo_back(void) {
  if (silenced_fd >= 0)
    tcsetattr((int)silenced_fd, TCSANOW, &loud);
}

static void announce(const char *text) {
  if (text && write(STDERR_FILENO, text, strlen(text)) < 0)
    return;
}

static void on_signal(int number) {
  int saved = errno;
  interrupts++;
  if (interrupts >= LAST_STRAW) {
    give_echo_back();
    signal(number, SIG_DFL);
    raise(number);
  } else {
    announce(announcements[interrupts - 1]);
  }
  errno = saved;
}

void host_signals_announce(const char *first, const char *second) {
  announcements[0] = first;
  announcements[1] = second;
}

void host_signals_catch(void) {
  struct sigaction act;
  memset(&act, 0, sizeof act);
  /* No SA_RESTART: a wait in progress must notice. */
  act.sa_handler = on_signal;
  sigemptyset(&act.sa_mask);
  sigaction(SIGINT, &act, NULL);
  sigaction(SIGTERM, &act, NULL);
  act.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &act, NULL);
}

int host_interrupts(void) {
  return (int)interrupts;
}

void host_signals_hold(sigset_t *before) {
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGINT);
  sigaddset(&both, SIGTERM);
  sigprocmask(SIG_BLOCK, &both, before);
}

void host_signals_release(const sigset_t *before) {
  sigprocmask(SIG_SETMASK, before, NULL);
}

static enum host_secret read_line(int fd, char *line, size_t size) {
  size_t n = 0;
  line[0] = '\0';
  for (;;) {
    char c;
    ssize_t got = read(fd, &c, 1);
    if (got < 0 && errno == EINTR && !interrupts)
      continue;
    if (got < 0)
      return HOST_SECRET_INTERRUPTED;
    if (got == 0 || c == '\n')
      break;
    if (n + 1 >= size)
      return HOST_SECRET_TOO_LONG;
    line[n++] = c;
  }
  line[n] = '\0';
  return n ? HOST_SECRET_OK : HOST_SECRET_EMPTY;
}

static int silence(int fd) {
  struct termios quiet;
  if (tcgetattr(fd, &loud))
    return -1;
  quiet = loud;
  quiet.c_lflag &= ~(tcflag_t)ECHO;
  quiet.c_lflag |= ECHONL;
  silenced_fd = fd;
  return tcsetattr(fd, TCSADRAIN, &quiet);
}

enum host_secret host_secret_read(const char *prompt, char *line, size_t size) {
  enum host_secret result;
  int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  line[0] = '\0';
  if (fd < 0)
    return HOST_SECRET_NO_TERMINAL;
  if (silence(fd) || write(fd, prompt, strlen(prompt)) < 0)
    result = HOST_SECRET_NO_TERMINAL;
  else
    result = read_line(fd, line, size);
  give_echo_back();
  silenced_fd = -1;
  close(fd);
  if (result != HOST_SECRET_OK)
    explicit_bzero(line, size);
  return result;
}
