/* SPDX-License-Identifier: Apache-2.0
 * Lua values to JSON trees and JSON text to Lua values. Lua may leave any of its
 * functions by longjmp, so every C resource here has an owner on the Lua stack
 * before it exists.
 */
#include "lua_value.h"

#include <errno.h>
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "reply.h"

static char array_key; /* its address names the metatable of arrays in the registry */

void hw_lua_push_array_mt(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &array_key) == LUA_TTABLE)
    return;
  lua_pop(L, 1);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "hwdb.array");
  lua_setfield(L, -2, "__name");
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &array_key);
}

static int is_marked_array(lua_State *L, int index) {
  int same;
  if (!lua_getmetatable(L, index))
    return 0;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &array_key);
  same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same;
}

/* -- owners ------------------------------------------------------------- */

#define BUF_TYPE "hwdb.buf"

static int free_buf(lua_State *L) {
  hw_buf_free(luaL_checkudata(L, 1, BUF_TYPE));
  return 0;
}

struct hw_buf *hw_lua_new_buf(lua_State *L) {
  struct hw_buf *b = lua_newuserdatauv(L, sizeof *b, 0);
  memset(b, 0, sizeof *b);
  if (luaL_newmetatable(L, BUF_TYPE)) {
    lua_pushcfunction(L, free_buf);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return b;
}

struct tree_box {
  struct cJSON *root;
  struct hw_error error;
};

#define TREE_TYPE "hwdb.tree"

static int free_tree(lua_State *L) {
  struct tree_box *box = luaL_checkudata(L, 1, TREE_TYPE);
  hw_json_free(box->root);
  box->root = NULL;
  hw_error_free(&box->error);
  return 0;
}

static struct tree_box *new_tree(lua_State *L) {
  struct tree_box *box = lua_newuserdatauv(L, sizeof *box, 0);
  memset(box, 0, sizeof *box);
  if (luaL_newmetatable(L, TREE_TYPE)) {
    lua_pushcfunction(L, free_tree);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return box;
}

/* -- secrets ------------------------------------------------------------ */

const char *hw_lua_secret(lua_State *L, int index, size_t *len) {
  const char *text;
  if (!luaL_testudata(L, index, HW_LUA_SECRET))
    return NULL;
  lua_getiuservalue(L, index, 1);
  text = lua_tolstring(L, -1, len); /* stays alive in the user value */
  lua_pop(L, 1);
  return text;
}

static int secret_text(lua_State *L) {
  lua_pushliteral(L, "***");
  return 1;
}

static int secret_equal(lua_State *L) {
  size_t a, b;
  const char *left = hw_lua_secret(L, 1, &a), *right = hw_lua_secret(L, 2, &b);
  lua_pushboolean(L, left && right && a == b && memcmp(left, right, a) == 0);
  return 1;
}

/* secret(text): a value that prints as *** and is taken only by secret fields. */
static int make_secret(lua_State *L) {
  if (luaL_testudata(L, 1, HW_LUA_SECRET)) {
    lua_settop(L, 1);
    return 1;
  }
  luaL_checktype(L, 1, LUA_TSTRING);
  lua_newuserdatauv(L, 1, 1);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  if (luaL_newmetatable(L, HW_LUA_SECRET)) {
    lua_pushcfunction(L, secret_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushcfunction(L, secret_equal);
    lua_setfield(L, -2, "__eq");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
  }
  lua_setmetatable(L, -2);
  return 1;
}

/* reveal(secret) -> text, for the few places that must hand a secret on. */
static int reveal(lua_State *L) {
  size_t len;
  const char *text = hw_lua_secret(L, 1, &len);
  luaL_argexpected(L, text, 1, "secret");
  lua_pushlstring(L, text, len);
  return 1;
}

static int is_secret(lua_State *L) {
  lua_pushboolean(L, luaL_testudata(L, 1, HW_LUA_SECRET) != NULL);
  return 1;
}

/* -- Lua to tree -------------------------------------------------------- */

struct place {
  const struct place *parent;
  const char *name;
  lua_Integer index;
};

struct reading {
  lua_State *L;
  const struct hw_lua_reader *how;
  struct hw_error *e;
  int depth;
};

static void add_place(struct hw_buf *b, const struct place *at) {
  if (!at)
    return;
  add_place(b, at->parent);
  if (!at->name)
    hw_buf_addf(b, "[%lld]", (long long)at->index);
  else
    hw_buf_addf(b, "%s%s", b->len ? "." : "", at->name);
}

static int refuse(struct reading *r, const struct place *at, const char *what) {
  struct hw_buf path = { 0 };
  add_place(&path, at);
  hw_fail(r->e, HW_ERR_CHECK, "%s%s%s", hw_buf_text(&path), path.len ? ": " : "", what);
  hw_buf_clear(&r->e->problems);
  hw_buf_addf(&r->e->problems, "%s\t%s\n", hw_buf_text(&path), what);
  hw_buf_free(&path);
  return -1;
}

static int is_utf8(const char *text, size_t len) {
  for (size_t i = 0; i < len;) {
    int n = hw_utf8_len((const unsigned char *)text + i, len - i);
    if (!n)
      return 0;
    i += (size_t)n;
  }
  return 1;
}

static const struct hw_field *find_field(const struct hw_field *fields, const char *key, int is_args) {
  for (; fields && fields->name; fields++)
    if (is_args ? hw_arg_fits(fields, key)
                : strcmp(fields->name, key) == 0 || (fields->alias && strcmp(fields->alias, key) == 0))
      return fields;
  return NULL;
}

/* Where a new node goes: into its parent at once, so that it has an owner. */
struct slot {
  struct cJSON **root;
  struct cJSON *parent;
  const char *key; /* NULL in an array */
};

static int fill(struct reading *r, const struct slot *slot, struct cJSON *node) {
  int failed = !node;
  if (!slot->parent)
    *slot->root = node;
  else
    failed = slot->key ? hw_json_put(slot->parent, slot->key, node) : hw_json_push(slot->parent, node);
  return failed ? hw_fail_memory(r->e) : 0;
}

static int read_value(struct reading *r, int index, const struct hw_field *f, const struct slot *slot, const struct place *at);

static int read_number(struct reading *r, int index, const struct slot *slot, const struct place *at) {
  lua_Number n;
  char digits[40];
  int len;
  if (lua_isinteger(r->L, index))
    return fill(r, slot, hw_json_integer(lua_tointeger(r->L, index)));
  n = lua_tonumber(r->L, index);
  if (!isfinite(n))
    return refuse(r, at, "must be a finite number");
  len = snprintf(digits, sizeof digits, "%.17g", n);
  if (strtod(digits, NULL) == n) {
    char shorter[40];
    int least = snprintf(shorter, sizeof shorter, "%.15g", n);
    if (strtod(shorter, NULL) == n) {
      memcpy(digits, shorter, (size_t)least + 1);
      len = least;
    }
  }
  for (int i = 0; i < len; i++) /* a locale may have its own decimal point */
    if (!strchr("0123456789+-eE", digits[i]))
      digits[i] = '.';
  return fill(r, slot, hw_json_number(digits, (size_t)len));
}

static int read_string(struct reading *r, int index, const struct slot *slot, const struct place *at) {
  size_t len;
  const char *text = lua_tolstring(r->L, index, &len);
  if (!is_utf8(text, len))
    return refuse(r, at, "must be UTF-8 text");
  return fill(r, slot, hw_json_string(text, len));
}

static int read_secret(struct reading *r, int index, const struct hw_field *f, const struct slot *slot, const struct place *at) {
  size_t len;
  const char *text = hw_lua_secret(r->L, index, &len);
  if (!text)
    return refuse(r, at, "must be plain data, not a userdata");
  if (!r->how->any_secret && (!f || !(f->flags & HW_SECRET)))
    return refuse(r, at, "a secret is accepted only in a field that is secret");
  if (!is_utf8(text, len))
    return refuse(r, at, "must be UTF-8 text");
  return fill(r, slot, hw_json_string(text, len));
}

/* 1: array, 0: object, -1: neither. */
static int table_kind(struct reading *r, int index, const struct hw_field *f) {
  lua_State *L = r->L;
  lua_Integer n = (lua_Integer)lua_rawlen(L, index), ints = 0, texts = 0;
  if (is_marked_array(L, index))
    return 1;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (lua_type(L, -2) == LUA_TSTRING)
      texts++;
    else if (lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && lua_tointeger(L, -2) <= n)
      ints++;
    else {
      lua_pop(L, 2);
      return -1;
    }
  }
  if (!texts && !ints)
    return f && f->type == HW_ARRAY;
  return texts && ints ? -1 : ints == n && !texts;
}

static int read_array(struct reading *r, int index, const struct hw_field *f, struct cJSON *node, const struct place *at) {
  lua_Integer n = (lua_Integer)lua_rawlen(r->L, index);
  struct hw_field item = { .name = "", .flags = f ? f->flags & HW_SECRET : 0, .fields = f ? f->fields : NULL };
  if (f)
    item.type = f->fields ? HW_OBJECT : f->items;
  for (lua_Integer i = 1; i <= n; i++) {
    struct slot slot = { NULL, node, NULL };
    struct place here = { at, NULL, i };
    int failed;
    lua_rawgeti(r->L, index, i);
    failed = read_value(r, lua_gettop(r->L), f ? &item : NULL, &slot, &here);
    lua_pop(r->L, 1);
    if (failed)
      return -1;
  }
  return 0;
}

static int read_object(struct reading *r, int index, const struct hw_field *f, struct cJSON *node, const struct place *at) {
  lua_State *L = r->L;
  int is_args = r->depth == 1 && r->how->is_args;
  struct hw_field item = { .name = "", .flags = f ? f->flags & HW_SECRET : 0 };
  if (f && f->type == HW_MAP) {
    item.type = f->fields ? HW_OBJECT : f->items;
    item.fields = f->fields;
  }
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    size_t len;
    const char *key = lua_tolstring(L, -2, &len);
    struct slot slot = { NULL, node, key };
    struct place here = { at, key, 0 };
    const struct hw_field *inner = f && f->type == HW_MAP ? &item : find_field(f ? f->fields : NULL, key, is_args);
    if (strlen(key) != len || !is_utf8(key, len)) {
      lua_pop(L, 2);
      return refuse(r, at, "a member name must be UTF-8 text without U+0000");
    }
    if (read_value(r, lua_gettop(L), inner, &slot, &here)) {
      lua_pop(L, 2);
      return -1;
    }
  }
  hw_json_sort(node);
  return 0;
}

static int read_table(struct reading *r, int index, const struct hw_field *f, const struct slot *slot, const struct place *at) {
  int kind = table_kind(r, index, f), failed;
  struct cJSON *node;
  if (kind < 0)
    return refuse(r, at, "a table must be a list 1..n or have only text keys");
  if (r->depth == HW_JSON_DEPTH)
    return refuse(r, at, "tables are nested too deeply, or contain themselves");
  luaL_checkstack(r->L, 6, "nested tables");
  node = kind ? hw_json_array() : hw_json_object();
  if (fill(r, slot, node))
    return -1;
  r->depth++;
  failed = kind ? read_array(r, index, f, node, at) : read_object(r, index, f, node, at);
  r->depth--;
  return failed;
}

static int read_value(struct reading *r, int index, const struct hw_field *f, const struct slot *slot, const struct place *at) {
  lua_State *L = r->L;
  switch (lua_type(L, index)) {
  case LUA_TNIL: return fill(r, slot, hw_json_null());
  case LUA_TBOOLEAN: return fill(r, slot, hw_json_boolean(lua_toboolean(L, index)));
  case LUA_TNUMBER: return read_number(r, index, slot, at);
  case LUA_TSTRING: return read_string(r, index, slot, at);
  case LUA_TTABLE: return read_table(r, index, f, slot, at);
  case LUA_TUSERDATA: return read_secret(r, index, f, slot, at);
  case LUA_TLIGHTUSERDATA:
    if (!lua_touserdata(L, index))
      return fill(r, slot, hw_json_null());
    /* fall through */
  default: return refuse(r, at, "must be plain data: text, number, boolean, table or null");
  }
}

int hw_lua_read(lua_State *L, int index, const struct hw_lua_reader *how, struct cJSON **root, struct hw_error *e) {
  struct reading r = { L, how, e, 0 };
  struct slot slot = { root, NULL, NULL };
  struct hw_field top = { .name = "", .type = HW_OBJECT, .fields = how->fields };
  return read_value(&r, lua_absindex(L, index), how->fields ? &top : NULL, &slot, NULL);
}

/* -- names -------------------------------------------------------------- */

#define NAMES 2048
#define NAME_MAX_LEN 36 /* ids have that; secret keys, which nothing should keep, are longer */

struct hw_lua_names {
  struct {
    const char *text; /* of a Lua string that the table holds at the same place, counted from 1 */
    size_t len;
  } slot[NAMES];
};

static char names_key;

static struct hw_lua_names *new_names(lua_State *L) {
  struct hw_lua_names *names = lua_newuserdatauv(L, sizeof *names, 1);
  memset(names, 0, sizeof *names);
  lua_createtable(L, NAMES, 0);
  for (int i = 1; i <= NAMES; i++) {
    lua_pushboolean(L, 0);
    lua_rawseti(L, -2, i);
  }
  lua_setiuservalue(L, -2, 1);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &names_key);
  return names;
}

struct hw_lua_names *hw_lua_push_names(lua_State *L) {
  struct hw_lua_names *names;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &names_key) == LUA_TUSERDATA) {
    names = lua_touserdata(L, -1);
  } else {
    lua_pop(L, 1);
    names = new_names(L);
  }
  lua_getiuservalue(L, -1, 1);
  lua_remove(L, -2);
  return names;
}

void hw_lua_push_name(lua_State *L, struct hw_lua_names *names, int index, const char *text, size_t len) {
  uint32_t at;
  if (!len || len > NAME_MAX_LEN) {
    lua_pushlstring(L, text, len);
    return;
  }
  at = (uint32_t)len * 1009 + (unsigned char)text[0] * 211u + (unsigned char)text[len / 4] * 53u +
       (unsigned char)text[len / 2] * 17u + (unsigned char)text[len - 1];
  at %= NAMES;
  if (names->slot[at].len == len && memcmp(names->slot[at].text, text, len) == 0) {
    lua_rawgeti(L, index, (lua_Integer)at + 1);
    return;
  }
  lua_pushlstring(L, text, len);
  names->slot[at].len = 0;
  lua_pushvalue(L, -1);
  lua_rawseti(L, index, (lua_Integer)at + 1);
  names->slot[at].text = lua_tostring(L, -1);
  names->slot[at].len = len;
}

/* -- text to Lua -------------------------------------------------------- */

/* Members wait on the Lua stack until their container closes or so many have come,
 * so that most tables are made once, in their size. */
#define HELD_MAX 24

struct container {
  int base; /* stack index of its table; members wait above it */
  int held; /* so many of them */
  int has_table;
  int is_array;
  lua_Integer n; /* entries of the table, if an array */
};

struct decoding {
  lua_State *L;
  int marks; /* stack index of the metatable of arrays; the names' table is above it */
  struct hw_lua_names *names;
  struct hw_error *unique; /* where a name that comes twice in an object is refused, else NULL: the last one counts */
  int depth;
  struct container open[HW_JSON_DEPTH + 1];
};

static void push_number(lua_State *L, const char *text, size_t len) {
  char digits[128];
  int integer;
  hw_json_is_number(text, len, &integer);
  if (len < sizeof digits) {
    hw_copy(digits, sizeof digits, text, len);
    if (integer && len < 19) {
      lua_pushinteger(L, strtoll(digits, NULL, 10));
      return;
    }
    if (integer) {
      long long n;
      errno = 0;
      n = strtoll(digits, NULL, 10);
      if (!errno) {
        lua_pushinteger(L, n);
        return;
      }
    } else if (lua_stringtonumber(L, digits)) {
      if (isfinite(lua_tonumber(L, -1)))
        return;
      lua_pop(L, 1);
    }
  }
  lua_pushlstring(L, text, len); /* what no Lua number holds keeps its digits */
}

static void make_table(struct decoding *d, struct container *c, int size) {
  lua_createtable(d->L, c->is_array ? size : 0, c->is_array ? 0 : size);
  if (c->is_array) {
    lua_pushvalue(d->L, d->marks);
    lua_setmetatable(d->L, -2);
  }
  lua_replace(d->L, c->base);
  c->has_table = 1;
}

/* Where the innermost container is: "databases[2]." */
static void add_container(const struct decoding *d, struct hw_buf *to) {
  for (int i = 2; i <= d->depth; i++) {
    const struct container *in = &d->open[i - 1];
    if (in->is_array)
      hw_buf_addf(to, "[%lld]", (long long)in->n + in->held + 1);
    else
      hw_buf_addf(to, "%s%.64s", i > 2 ? "." : "", lua_tostring(d->L, d->open[i].base - 1));
  }
  if (d->depth > 1)
    hw_buf_addc(to, '.');
}

static int came_before(struct decoding *d, const struct container *c, int key) {
  int type;
  lua_pushvalue(d->L, key);
  type = lua_rawget(d->L, c->base);
  lua_pop(d->L, 1);
  if (type == LUA_TNIL)
    return 0;
  hw_fail(d->unique, HW_ERR_DECODE, "the member \"");
  add_container(d, &d->unique->message);
  hw_buf_addf(&d->unique->message, "%.64s\" stands there twice", lua_tostring(d->L, key));
  return -1;
}

/* Moves the waiting members into the table. In their order: of members with one
 * name the last counts, and an array grows at its end. */
static int put_away(struct decoding *d, struct container *c, int size) {
  int first;
  if (!c->has_table)
    make_table(d, c, size);
  first = c->base + 1;
  for (int i = 0; i < c->held; i++) {
    if (d->unique && !c->is_array && came_before(d, c, first + 2 * i))
      return -1;
    lua_pushvalue(d->L, first + (c->is_array ? i : 2 * i));
    if (c->is_array) {
      lua_rawseti(d->L, c->base, ++c->n);
    } else {
      lua_pushvalue(d->L, first + 2 * i + 1);
      lua_rawset(d->L, c->base);
    }
  }
  lua_settop(d->L, c->base);
  c->held = 0;
  return 0;
}

/* The value on top is a member of the innermost container. */
static int settle(struct decoding *d) {
  struct container *c = &d->open[d->depth];
  if (d->depth && ++c->held == HELD_MAX)
    return put_away(d, c, 2 * HELD_MAX);
  return 0;
}

static int open_table(struct decoding *d, int is_array) {
  luaL_checkstack(d->L, 2 * HELD_MAX + 8, "nested JSON");
  lua_pushnil(d->L); /* where the table will be */
  d->open[++d->depth] = (struct container){ .base = lua_gettop(d->L), .is_array = is_array };
  return 0;
}

static int close_table(struct decoding *d) {
  struct container *c = &d->open[d->depth];
  if (put_away(d, c, c->held))
    return -1;
  d->depth--;
  return settle(d);
}

static int decode_event(void *to, enum hw_json_event event, const char *text, size_t len) {
  struct decoding *d = to;
  lua_State *L = d->L;
  switch (event) {
  case HW_JSON_NULL: lua_pushlightuserdata(L, NULL); return settle(d);
  case HW_JSON_FALSE: lua_pushboolean(L, 0); return settle(d);
  case HW_JSON_TRUE: lua_pushboolean(L, 1); return settle(d);
  case HW_JSON_NUMBER: push_number(L, text, len); return settle(d);
  case HW_JSON_STRING: hw_lua_push_name(L, d->names, d->marks + 1, text, len); return settle(d);
  case HW_JSON_KEY: hw_lua_push_name(L, d->names, d->marks + 1, text, len); return 0;
  case HW_JSON_ARRAY: return open_table(d, 1);
  case HW_JSON_OBJECT: return open_table(d, 0);
  default: return close_table(d);
  }
}

static void decode_start(struct decoding *d, lua_State *L, struct hw_error *unique) {
  luaL_checkstack(L, 8, "JSON");
  hw_lua_push_array_mt(L);
  d->L = L;
  d->marks = lua_gettop(L);
  d->names = hw_lua_push_names(L);
  d->unique = unique;
  d->depth = 0;
}

/* Leaves the value alone on the stack, or nothing. */
static int decode_end(struct decoding *d, int failed) {
  if (!failed)
    lua_replace(d->L, d->marks);
  lua_settop(d->L, d->marks - (failed ? 1 : 0));
  return failed ? -1 : 0;
}

static int decode_text(lua_State *L, const char *text, size_t len, struct hw_buf *scratch, int unique, struct hw_error *e) {
  struct decoding d;
  decode_start(&d, L, unique ? e : NULL);
  return decode_end(&d, hw_json_read(text, len, scratch, decode_event, &d, e));
}

void hw_lua_gather(lua_State *L, hw_json_source source, const void *from) {
  struct decoding d;
  decode_start(&d, L, NULL);
  decode_end(&d, source(from, decode_event, &d));
}

int hw_lua_decode(lua_State *L, const char *text, size_t len, struct hw_buf *scratch, struct hw_error *e) {
  return decode_text(L, text, len, scratch, 0, e);
}

/* -- errors ------------------------------------------------------------- */

static void set_text(lua_State *L, const char *name, const char *text) {
  if (!text || !*text)
    return;
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

static void push_lines(lua_State *L, const char *lines) {
  lua_Integer n = 0;
  lua_newtable(L);
  for (const char *p = lines; *p;) {
    size_t path = strcspn(p, "\t"), line = strcspn(p, "\n");
    lua_createtable(L, 0, 2);
    lua_pushlstring(L, p, path);
    lua_setfield(L, -2, "path");
    lua_pushlstring(L, p + path + 1, line - path - 1);
    lua_setfield(L, -2, "message");
    lua_rawseti(L, -2, ++n);
    p += line + 1;
  }
}

static const char *field(lua_State *L, const char *name) {
  const char *text;
  lua_getfield(L, 1, name);
  text = lua_isnil(L, -1) ? NULL : lua_tostring(L, -1);
  return text; /* left on the stack so that it stays alive */
}

/* "ddm.show_instance: Parameter error. (HTTP 400, DBS.280001, request 4bf9)" and the remedy below. */
static int error_text(lua_State *L) {
  const char *operation, *message, *remedy, *code, *request, *status;
  lua_settop(L, 1);
  operation = field(L, "operation");
  message = field(L, "message");
  status = field(L, "status");
  code = field(L, "code");
  request = field(L, "request_id");
  remedy = field(L, "remedy");
  lua_pushfstring(L, "%s%s%s", operation ? operation : "", operation ? ": " : "", message ? message : "unknown error");
  if (status)
    lua_pushfstring(L, " (HTTP %s%s%s%s%s)", status, code ? ", " : "", code ? code : "", request ? ", request " : "", request ? request : "");
  else
    lua_pushliteral(L, "");
  if (remedy)
    lua_pushfstring(L, "\n  remedy: %s", remedy);
  else
    lua_pushliteral(L, "");
  lua_concat(L, 3);
  return 1;
}

static void set_knowledge(lua_State *L, const struct hw_error *e) {
  const struct hw_error_row *row = hw_reply_row(NULL, e);
  if (!row)
    return;
  set_text(L, "class", hw_error_class_word(row->class));
  set_text(L, "reason", row->meaning);
}

static void set_error_metatable(lua_State *L) {
  if (luaL_newmetatable(L, "hwdb.error")) {
    lua_pushcfunction(L, error_text);
    lua_setfield(L, -2, "__tostring");
  }
  lua_setmetatable(L, -2);
}

/* error(fields) -> the table, as an error object like those of calls */
static int make_error(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  set_error_metatable(L);
  return 1;
}

void hw_lua_set_limit(lua_State *L, const struct hw_error *e) {
  if (!e->limit)
    return;
  lua_createtable(L, 0, 2);
  lua_pushinteger(L, (lua_Integer)e->limit);
  lua_setfield(L, -2, "calls");
  lua_pushnumber(L, (lua_Number)e->limit_ms / 1000);
  lua_setfield(L, -2, "seconds");
  lua_setfield(L, -2, "limit");
}

void hw_lua_push_error(lua_State *L, const struct hw_error *e) {
  lua_createtable(L, 0, 12);
  set_text(L, "kind", hw_error_word(e->kind));
  set_text(L, "message", hw_error_message(e));
  set_text(L, "remedy", hw_buf_text(&e->remedy));
  set_text(L, "code", e->code);
  set_text(L, "request_id", e->request_id);
  set_text(L, "operation", e->operation);
  if (e->status) {
    lua_pushinteger(L, e->status);
    lua_setfield(L, -2, "status");
  }
  lua_pushinteger(L, e->attempts);
  lua_setfield(L, -2, "attempts");
  lua_pushboolean(L, e->retryable);
  lua_setfield(L, -2, "retryable");
  lua_pushboolean(L, e->in_doubt);
  lua_setfield(L, -2, "in_doubt");
  if (e->retry_after_ms) {
    lua_pushnumber(L, (lua_Number)e->retry_after_ms / 1000);
    lua_setfield(L, -2, "retry_after");
  }
  hw_lua_set_limit(L, e);
  if (e->problems.len) {
    push_lines(L, e->problems.data);
    lua_setfield(L, -2, "problems");
  }
  set_knowledge(L, e);
  set_error_metatable(L);
}

/* -- functions ---------------------------------------------------------- */

/* encode(value) -> JSON text; raises on values that JSON has no form for. */
static int encode(lua_State *L) {
  static const struct hw_lua_reader plain = { NULL, 0, 0 };
  struct tree_box *box;
  struct hw_buf *text;
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  box = new_tree(L);
  text = hw_lua_new_buf(L);
  if (hw_lua_read(L, 1, &plain, &box->root, &box->error)) {
    lua_pushstring(L, hw_error_message(&box->error));
    return luaL_error(L, "cannot encode as JSON: %s", lua_tostring(L, -1));
  }
  if (hw_json_write(box->root, text))
    return luaL_error(L, "out of memory");
  lua_pushlstring(L, hw_buf_text(text), text->len);
  return 1;
}

/* decode(text, unique?) -> value, or nil and what is wrong. `unique` refuses a member that stands twice in one object. */
static int decode(lua_State *L) {
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  int unique = lua_toboolean(L, 2);
  struct tree_box *box = new_tree(L);
  struct hw_buf *scratch = hw_lua_new_buf(L);
  if (!decode_text(L, text, len, scratch, unique, &box->error))
    return 1;
  lua_pushnil(L);
  lua_pushstring(L, hw_error_message(&box->error));
  return 2;
}

/* array(table?) -> the table, marked as an array. */
static int mark_array(lua_State *L) {
  if (lua_isnoneornil(L, 1)) {
    lua_settop(L, 0);
    lua_newtable(L);
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  hw_lua_push_array_mt(L);
  lua_setmetatable(L, 1);
  return 1;
}

static int is_array(lua_State *L) {
  lua_pushboolean(L, lua_istable(L, 1) && is_marked_array(L, 1));
  return 1;
}

void hw_lua_value_open(lua_State *L) {
  static const luaL_Reg functions[] = {
    { "encode", encode }, { "decode", decode }, { "array", mark_array }, { "is_array", is_array },
    { "secret", make_secret }, { "reveal", reveal }, { "is_secret", is_secret }, { "error", make_error }, { NULL, NULL },
  };
  luaL_setfuncs(L, functions, 0);
  lua_pushlightuserdata(L, NULL);
  lua_setfield(L, -2, "null");
}
