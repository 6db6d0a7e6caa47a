/* SPDX-License-Identifier: Apache-2.0
 * Prints the DDM instances of a project as JSON. Credentials, region and
 * endpoints come from the environment or a profile, as the README tells.
 *   cc list_instances.c $(pkg-config --cflags --libs hwdb) -o list_instances
 */
#include <hwdb.h>
#include <stdio.h>

int main(void) {
  char *error = NULL;
  struct hwdb_answer *answer;
  int failed;
  struct hwdb *client = hwdb_open(NULL, &error);
  if (!client) {
    fprintf(stderr, "%s\n", error ? error : "out of memory");
    hwdb_free(error);
    return 2;
  }
  answer = hwdb_call(client, "ddm.list_instances", "{\"limit\": 10}", NULL);
  failed = answer->error != NULL;
  if (failed)
    fprintf(stderr, "%s\n", answer->error);
  else
    printf("%s\n", answer->body);
  hwdb_answer_free(answer);
  hwdb_close(client);
  return failed;
}
