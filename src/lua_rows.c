/* SPDX-License-Identifier: Apache-2.0
 * The rows as Lua tables, in the shape that `hwdb api --json` prints. Absent
 * things are left out; truths are only stated when true.
 */
#include "lua_rows.h"

#include <lauxlib.h>
#include <string.h>

#include "api/errors.h"
#include "api/statuses.h"
#include "lua_value.h"
#include "model.h"
#include "word.h"

static void set_text(lua_State *L, const char *name, const char *text) {
  if (!text || !*text)
    return;
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, lua_Integer n) {
  lua_pushinteger(L, n);
  lua_setfield(L, -2, name);
}

static void set_true(lua_State *L, const char *name, int is) {
  if (!is)
    return;
  lua_pushboolean(L, 1);
  lua_setfield(L, -2, name);
}

static void new_list(lua_State *L) {
  lua_newtable(L);
  hw_lua_push_array_mt(L);
  lua_setmetatable(L, -2);
}

static void set_list(lua_State *L, const char *name, const char *list) {
  lua_Integer n = 0;
  const char *word;
  size_t len;
  if (!list)
    return;
  new_list(L);
  while ((word = hw_word_next(&list, &len))) {
    lua_pushlstring(L, word, len);
    lua_rawseti(L, -2, ++n);
  }
  lua_setfield(L, -2, name);
}

static void push_fields(lua_State *L, const struct hw_field *fields, int with_place);

static void push_field(lua_State *L, const struct hw_field *f, int with_place) {
  lua_createtable(L, 0, 8);
  set_text(L, "name", f->name);
  if (with_place)
    set_text(L, "in", hw_place_word(f->flags));
  set_text(L, "type", hw_type_word(f->type));
  if (f->type == HW_ARRAY || f->type == HW_MAP)
    set_text(L, "items", hw_type_word(f->fields ? HW_OBJECT : f->items));
  set_true(L, "required", f->flags & HW_REQUIRED);
  set_true(L, "secret", f->flags & HW_SECRET);
  set_true(L, "id", f->flags & HW_ID);
  set_true(L, "either", f->flags & HW_EITHER);
  set_true(L, "send", f->flags & HW_SEND);
  set_true(L, "soft", f->flags & HW_SOFT);
  set_true(L, "whole", f->flags & HW_WHOLE);
  set_true(L, "nullable", f->flags & HW_NULLABLE);
  set_list(L, "enum", f->oneof);
  if (f->flags & HW_MIN)
    set_integer(L, "min", f->min);
  if (f->flags & HW_MAX)
    set_integer(L, "max", f->max);
  if (f->min_len)
    set_integer(L, "min_length", f->min_len);
  if (f->max_len)
    set_integer(L, "max_length", f->max_len);
  set_text(L, "pattern", f->pattern);
  set_text(L, "default", f->def);
  set_text(L, "alias", f->alias);
  set_text(L, "note", f->note);
  if (f->fields) {
    push_fields(L, f->fields, 0);
    lua_setfield(L, -2, "fields");
  }
}

static void push_fields(lua_State *L, const struct hw_field *fields, int with_place) {
  lua_Integer n = 0;
  luaL_checkstack(L, 8, "rows");
  new_list(L);
  for (const struct hw_field *f = fields; f && f->name; f++) {
    push_field(L, f, with_place);
    lua_rawseti(L, -2, ++n);
  }
}

static void push_page(lua_State *L, const struct hw_page *p) {
  lua_createtable(L, 0, 6);
  set_text(L, "style", hw_page_word(p->style));
  set_text(L, "at", p->at);
  set_text(L, "size", p->size);
  set_text(L, "items", p->items);
  set_text(L, "total", p->total);
  set_text(L, "key", p->key);
}

static void push_evidence(lua_State *L, const struct hw_op *op) {
  lua_Integer n = 0;
  static const struct {
    unsigned flag;
    const char *word;
  } words[] = { { HW_SEEN_SDK, "sdk" }, { HW_SEEN_EXPLORER, "explorer" }, { HW_SEEN_ANSWER, "answer" } };
  new_list(L);
  if (!(op->flags & HW_EXTRA)) {
    lua_pushliteral(L, "document");
    lua_rawseti(L, -2, ++n);
  }
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (op->flags & words[i].flag) {
      lua_pushstring(L, words[i].word);
      lua_rawseti(L, -2, ++n);
    }
}

static void push_op(lua_State *L, const struct hw_chapter *c, const struct hw_op *op) {
  lua_createtable(L, 0, 20);
  set_text(L, "service", c->service);
  set_text(L, "chapter", c->title);
  set_text(L, "name", op->name);
  set_text(L, "sdk", op->sdk);
  set_text(L, "title", op->title);
  set_text(L, "method", op->method);
  set_text(L, "path", op->path);
  set_text(L, "doc", op->doc);
  set_text(L, "kind", hw_kind_word(op->kind));
  set_text(L, "note", op->note);
  set_text(L, "permission", op->permission);
  set_list(L, "alias", op->alias);
  set_true(L, "documented", !(op->flags & HW_EXTRA));
  set_true(L, "paid", op->flags & HW_PAID);
  set_true(L, "irreversible", op->flags & HW_IRREVERSIBLE);
  new_list(L);
  for (lua_Integer i = 0; i < 4 && op->ok[i]; i++) {
    lua_pushinteger(L, op->ok[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "ok");
  if (op->job.field) {
    lua_createtable(L, 0, 2);
    set_text(L, "field", op->job.field);
    set_text(L, "watch", op->job.watch);
    lua_setfield(L, -2, "job");
  }
  if (op->page.style) {
    push_page(L, &op->page);
    lua_setfield(L, -2, "page");
  }
  push_fields(L, op->in, 1);
  lua_setfield(L, -2, "params");
  push_fields(L, op->out, 0);
  lua_setfield(L, -2, "answer");
  push_evidence(L, op);
  lua_setfield(L, -2, "evidence");
}

/* rows(service?, name?) -> list of rows; with both names, that row or nil */
static int rows(lua_State *L) {
  const char *service = luaL_optstring(L, 1, NULL), *name = luaL_optstring(L, 2, NULL);
  lua_Integer n = 0;
  if (service && name) {
    const struct hw_op *op = hw_op_find(service, name);
    if (!op)
      return 0;
    push_op(L, hw_op_chapter(op), op);
    return 1;
  }
  new_list(L);
  for (const struct hw_chapter *const *c = hw_chapters; *c; c++) {
    if (service && strcmp(service, (*c)->service) != 0)
      continue;
    for (const struct hw_op *op = (*c)->ops; op->name; op++) {
      push_op(L, *c, op);
      lua_rawseti(L, -2, ++n);
    }
  }
  return 1;
}

static lua_Integer add_errors(lua_State *L, const char *service, const struct hw_error_row *row, lua_Integer n) {
  for (; row->code; row++) {
    lua_createtable(L, 0, 6);
    set_text(L, "service", service);
    set_text(L, "code", row->code);
    if (row->status)
      set_integer(L, "status", row->status);
    set_text(L, "class", hw_error_class_word(row->class));
    set_text(L, "meaning", row->meaning);
    set_text(L, "remedy", row->remedy);
    lua_rawseti(L, -2, ++n);
  }
  return n;
}

/* errors() -> list of all error codes with meaning, remedy and class */
static int errors(lua_State *L) {
  lua_Integer n = 0;
  new_list(L);
  n = add_errors(L, "ddm", hw_errors_ddm, n);
  n = add_errors(L, "dws", hw_errors_dws, n);
  n = add_errors(L, "dbss", hw_errors_dbss, n);
  add_errors(L, "gateway", hw_errors_common, n);
  return 1;
}

/* statuses() -> list of what the statuses of the services' objects mean */
static int statuses(lua_State *L) {
  lua_Integer n = 0;
  new_list(L);
  for (const struct hw_status_row *row = hw_status_rows; row->service; row++) {
    lua_createtable(L, 0, 5);
    set_text(L, "service", row->service);
    set_text(L, "object", row->object);
    set_text(L, "value", row->value);
    set_text(L, "meaning", row->meaning);
    lua_pushlstring(L, &row->phase, 1);
    lua_setfield(L, -2, "phase");
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

/* suggest(service|nil, name) -> the nearest known name, or nil */
static int suggest(lua_State *L) {
  const char *service = luaL_optstring(L, 1, NULL);
  lua_pushstring(L, hw_op_suggest(service, luaL_checkstring(L, 2)));
  return 1;
}

/* nearest(word, names) -> the name that was probably meant, or nil */
static int nearest(lua_State *L) {
  struct hw_nearest n;
  hw_nearest_start(&n, luaL_checkstring(L, 1));
  luaL_checktype(L, 2, LUA_TTABLE);
  for (lua_Integer i = 1; lua_rawgeti(L, 2, i) == LUA_TSTRING; i++, lua_pop(L, 1))
    hw_nearest_try(&n, lua_tostring(L, -1), lua_tostring(L, -1)); /* the list keeps it */
  lua_pushstring(L, n.answer);
  return 1;
}

/* service_known(name) -> boolean */
static int service_known(lua_State *L) {
  lua_pushboolean(L, hw_service_known(luaL_checkstring(L, 1)));
  return 1;
}

void hw_lua_rows_open(lua_State *L) {
  static const luaL_Reg functions[] = {
    { "rows", rows }, { "errors", errors }, { "statuses", statuses }, { "suggest", suggest },
    { "nearest", nearest }, { "service_known", service_known }, { NULL, NULL },
  };
  luaL_setfuncs(L, functions, 0);
}
