/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes answers: header lines up to the first empty line, the rest as the body,
 * read as an error, as a success and as a refusal with 401. Messages and codes are
 * UTF-8 without control characters, request ids printable.
 */
#include <stdlib.h>
#include <string.h>

#include "diagnose.h"
#include "json.h"
#include "login.h"
#include "reply.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void must(int holds) {
  if (!holds)
    abort();
}

static void must_be_clean(const char *text) {
  size_t len = strlen(text);
  for (size_t i = 0, step; i < len; i += step) {
    step = (size_t)hw_utf8_len((const unsigned char *)text + i, len - i);
    must(step > 0 && (unsigned char)text[i] >= ' ' && text[i] != 0x7f);
  }
}

static void try_diagnosis(const char *head, const char *message) {
  struct hw_refusal r = { .code = "APIGW.0301", .message = message, .date = head, .now_ms = 1767323045000,
                          .canonical = "GET\n/a/\nq=1\nhost:h\nx-sdk-date:1\n\nhost;x-sdk-date\nab" };
  struct hw_buf text = { 0 };
  int64_t offset;
  int kind = hw_diagnose_401(&r, &offset, &text);
  must(text.len > 0 && (kind == HW_401_CLOCK || !offset));
  hw_buf_clear(&text);
  must(!hw_message_without_echo(message, &text) && text.len <= strlen(message));
  hw_buf_free(&text);
}

static void try_answers(const char *body, size_t len) {
  struct hw_error e = { 0 };
  int64_t expires;
  char *text;
  must(!hw_login_answer(body, len, 0, &expires, &text, &e) || e.kind == HW_ERR_DECODE);
  free(text);
  must(!hw_project_answer(body, len, "n", &text, &e) || e.kind == HW_ERR_DECODE || e.kind == HW_ERR_AUTH);
  free(text);
  hw_error_free(&e);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  char *text = malloc(size + 1), *gap;
  struct hw_error e = { 0 };
  struct hw_reply r = { .status = 400 };
  if (!text)
    return 0;
  memcpy(text, data, size);
  text[size] = '\0';
  gap = strstr(text, "\n\n");
  r.body = gap ? gap + 2 : text;
  r.body_len = size - (size_t)(r.body - text);
  if (gap)
    gap[1] = '\0';
  r.head = gap ? text : "";
  must(hw_reply_error("ddm", &r, &e) == -1 && e.kind == HW_ERR_API);
  must_be_clean(e.code);
  must_be_clean(hw_buf_text(&e.message));
  must_be_clean(e.request_id);
  hw_error_clear(&e);
  r.status = 200;
  hw_reply_judge("dws", NULL, &r, &e);
  must_be_clean(hw_buf_text(&e.message));
  hw_reply_without_effect("dws", &e);
  hw_error_free(&e);
  try_diagnosis(r.head, r.body);
  try_answers(r.body, r.body_len);
  free(text);
  return 0;
}
