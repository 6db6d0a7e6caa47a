-- SPDX-License-Identifier: Apache-2.0
-- Where a journal may live, and who may touch it.
local core = require("hwdb.core")
local process = require("process")
local support = require("spec.store.support")
local vfs = require("vfs")

local NOBODY <const> = 65534

local function fails(folder, code, message, remedy)
  local store, err = core.store(folder)
  assert.is_nil(store)
  assert.same({ code, "usage", message }, { err.code, err.kind, err.message })
  if remedy then assert.equal(remedy, err.remedy) end
end

local function made()
  local folder = support.folder()
  local store = assert(core.store(folder))
  assert(store:run_create(support.run()))
  store:close()
  return folder
end

describe("a journal's folder", function()
  teardown(support.clean)

  it("is made for its owner alone, and so are its files", function()
    local folder = support.folder()
    local store = assert(core.store(folder .. "/a/b/"))
    assert(store:pace { account = "a", limit = 1, window_ms = 1, now_ms = 1 })
    for name, mode in pairs { [""] = "0700", ["a"] = "0700", ["a/b"] = "0700", ["a/b/journal.db"] = "0600",
      ["a/b/journal.db-wal"] = "0600", ["a/b/journal.db-shm"] = "0600", ["a/b/journal.guard"] = "0600", ["a/b/pace.db"] = "0600" } do
      assert.equal(mode, vfs.mode_of(folder .. "/" .. name), name)
    end
    store:close()
  end)

  it("may be given relative to where the process is, and with a strange name", function()
    local folder = support.folder()
    assert(os.execute("mkdir -p " .. folder))
    local code = "local s = assert(require('hwdb.core').store('file:x?mode=ro %41')) assert(s:keep('a', 'b', 'c')) s:close()"
    assert(os.execute(("cd %s && lua5.4 -e %s"):format(folder, support.quoted(code))))
    assert.equal("0600", vfs.mode_of(folder .. "/file:x?mode=ro %41/journal.db"))
  end)

  it("is refused where others may write it", function()
    local folder = made()
    for _, mode in ipairs { "0770", "0707", "1777" } do
      vfs.mode(folder, mode)
      fails(folder, "store.shared", ("%s may be written by others (mode %s)"):format(folder, mode),
        "chmod go-w it, or choose a folder of your own with XDG_STATE_HOME")
    end
    vfs.mode(folder, "0755")
    assert(core.store(folder)):close()
  end)

  it("is refused where others may write a file of it", function()
    for _, name in ipairs { "journal.db", "journal.guard", "pace.db", "journal.db-wal" } do
      local folder = made()
      support.write(folder .. "/" .. name, support.read(folder .. "/" .. name) or "")
      vfs.mode(folder .. "/" .. name, "0620")
      fails(folder, "store.shared", ("%s/%s may be written by others (mode 0620)"):format(folder, name))
    end
  end)

  it("is refused when it is a file", function()
    local folder = made()
    fails(folder .. "/journal.db", "store.readonly", ("cannot use %s/journal.db: Not a directory"):format(folder))
    fails(folder .. "/journal.db/x", "store.readonly", ("cannot make %s/journal.db/x: Not a directory"):format(folder))
  end)

  if vfs.user() == 0 then
    it("is refused when it belongs to another user", function()
      local folder = made()
      vfs.owner(folder, NOBODY)
      fails(folder, "store.shared", ("%s belongs to another user (uid 65534)"):format(folder))
      vfs.owner(folder, 0)
      vfs.owner(folder .. "/journal.db", NOBODY)
      fails(folder, "store.shared", ("%s/journal.db belongs to another user (uid 65534)"):format(folder))
    end)
  end

  --- What a process without special rights is told.
  local function as_user(prepare)
    local folder, told = support.folder()
    assert(os.execute("mkdir -p " .. folder))
    vfs.mode(folder:match("^(.*)/"), "0755")
    vfs.mode(folder:match("^(.*)/[^/]*/"), "0755")
    if vfs.user() == 0 then vfs.owner(folder, NOBODY) end
    local pid = support.child(told, function(tell)
      if vfs.user() == 0 then vfs.become(NOBODY) end
      vfs.mode(folder, "0700")
      local store = assert(core.store(folder))
      assert(store:run_create(support.run()))
      store:close()
      local where = prepare(folder) or folder
      local again, err = core.store(where)
      tell(again and "opened" or err.code .. " " .. err.message:gsub(folder, "FOLDER"))
    end)
    process.wait(pid)
    local line = support.lines(told)[1]
    vfs.mode(folder, "0700")
    return line
  end

  it("is refused where this user may not write", function()
    assert.equal("store.readonly cannot write to FOLDER: Permission denied", as_user(function(folder) vfs.mode(folder, "0500") end))
    assert.equal("store.readonly cannot make FOLDER/a/b: Permission denied", as_user(function(folder)
      vfs.mode(folder, "0500")
      return folder .. "/a/b"
    end))
    for _, name in ipairs { "journal.db", "journal.guard" } do
      assert.equal(("store.readonly cannot write FOLDER/%s: Permission denied"):format(name), as_user(function(folder)
        vfs.mode(folder .. "/" .. name, "0400")
      end))
    end
  end)

  -- The interpreter of the sanitized build takes no other library before its own.
  local describe_unsanitized = os.getenv("HWDB_SANITIZE") and pending or describe
  describe_unsanitized("on a network", function()
    local source = [[
      #include <stdlib.h>
      #include <string.h>
      #include <sys/vfs.h>
      int statfs(const char *path, struct statfs *fs) {
        (void)path;
        memset(fs, 0, sizeof *fs);
        fs->f_type = (long)strtoul(getenv("PRETENDED_TYPE"), NULL, 16);
        return 0;
      }
    ]]
    local library, folder

    setup(function()
      folder = support.folder()
      assert(os.execute("mkdir -p " .. folder))
      library = folder .. "/pretend.so"
      support.write(folder .. "/pretend.c", source)
      local cc = (os.getenv("CC") or "cc"):match("^%S+")
      assert(os.execute(("%s -shared -fPIC -o %s %s/pretend.c"):format(cc, library, folder)))
    end)

    local function told(type)
      local code = "local s, e = require('hwdb.core').store(arg[1]) print(s and 'opened' or e.code .. ' ' .. e.message)"
      local script = folder .. "/open.lua"
      support.write(script, code)
      local pipe = assert(io.popen(("PRETENDED_TYPE=%s LD_PRELOAD=%s lua5.4 %s %s")
        :format(type, library, script, folder .. "/journal")))
      local text = pipe:read("a")
      pipe:close()
      return text
    end

    it("is refused", function()
      for type, name in pairs { ["6969"] = "NFS", ff534d42 = "CIFS", fe534d42 = "SMB", ["1021997"] = "9p", ["65735546"] = "FUSE",
        ["bd00bd0"] = "Lustre", ["c36400"] = "Ceph", ["5346414f"] = "AFS", ffffffffff534d42 = "CIFS" } do
        assert.equal(("store.network %s/journal is on a network file system (%s), where locks and fsync cannot be relied on\n")
          :format(folder, name), told(type))
      end
    end)

    it("is told from one on a disk", function()
      for _, type in ipairs { "ef53", "9123683e", "58465342", "1021994", "794c7630" } do
        assert.equal("opened\n", told(type))
      end
    end)
  end)

  it("of a newer hwdb is left alone", function()
    local folder = made()
    vfs.sql(folder .. "/journal.db", "PRAGMA user_version = 2")
    local before = support.read(folder .. "/journal.db")
    fails(folder, "store.newer", ("the journal in %s was written by a newer hwdb (schema 2; this one knows 1)"):format(folder),
      "use the newer hwdb")
    assert.equal(before, support.read(folder .. "/journal.db"))
  end)

  it("with somebody else's database is left alone", function()
    local folder = support.folder()
    assert(os.execute(("mkdir -p %s && chmod 700 %s"):format(folder, folder)))
    support.write(folder .. "/journal.db", "")
    vfs.sql(folder .. "/journal.db", "CREATE TABLE theirs(x)")
    local before = support.read(folder .. "/journal.db")
    fails(folder, "store.damaged", folder .. "/journal.db is not a journal of hwdb")
    assert.equal(before, support.read(folder .. "/journal.db"))
  end)
end)
