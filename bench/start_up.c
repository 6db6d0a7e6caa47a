/* SPDX-License-Identifier: Apache-2.0
 * How long a program takes from its start to its end, without a shell between.
 * Prints the milliseconds of one start, as the mean of COUNT.
 *   start_up COUNT PROGRAM [ARGUMENT...]
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void give_up(const char *what) {
  fprintf(stderr, "start_up: %s\n", what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void run(const posix_spawn_file_actions_t *quiet, char **argv) {
  pid_t pid;
  int status;
  if (posix_spawnp(&pid, argv[0], quiet, NULL, argv, environ) != 0 || waitpid(pid, &status, 0) != pid || status != 0)
    give_up("the program failed");
}

int main(int argc, char **argv) {
  posix_spawn_file_actions_t quiet;
  long count = argc > 2 ? atol(argv[1]) : 0;
  double started;
  if (count < 1)
    give_up("usage: start_up COUNT PROGRAM [ARGUMENT...]");
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  started = now();
  for (long i = 0; i < count; i++)
    run(&quiet, argv + 2);
  printf("%.4f\n", (now() - started) / (double)count);
  posix_spawn_file_actions_destroy(&quiet);
  return 0;
}
