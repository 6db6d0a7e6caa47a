/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes both profile readers. Whatever they say of a bad file, they show none of
 * its text: every input is given a secret that no message may hold.
 */
#include <stdlib.h>
#include <string.h>

#include "profile.h"

#define SECRET "CANARYcanary"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

typedef int (*reader)(const char *text, size_t len, const char *path, const char *name, struct hw_credentials *c, struct hw_error *e);

static void must(int holds) {
  if (!holds)
    abort();
}

static void try_reader(reader read, const struct hw_buf *text, const char *name) {
  struct hw_credentials c = { 0 };
  struct hw_error e = { 0 };
  int result = read(hw_buf_text(text), text->len, "FILE", name, &c, &e);
  must(result >= 0 || e.kind == HW_ERR_AUTH);
  must(!strstr(hw_buf_text(&e.message), SECRET) && !strstr(hw_buf_text(&e.remedy), SECRET));
  must(!strstr(hw_buf_text(&c.notes), SECRET));
  hw_credentials_free(&c);
  hw_error_free(&e);
}

/* "@" stands for the secret, so that the fuzzer can put it anywhere. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  struct hw_buf text = { 0 };
  for (size_t i = 0; i < size; i++)
    if (data[i] == '@')
      hw_buf_adds(&text, SECRET);
    else
      hw_buf_addc(&text, (char)data[i]);
  try_reader(hw_ini_read, &text, NULL);
  try_reader(hw_ini_read, &text, "p");
  try_reader(hw_hcloud_read, &text, NULL);
  try_reader(hw_hcloud_read, &text, "p");
  hw_buf_free(&text);
  return 0;
}
