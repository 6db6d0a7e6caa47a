-- SPDX-License-Identifier: Apache-2.0
local gzip = require("hwdb.sim.gzip")

-- What the system's own tools make of a packed text.
local function unpacked_outside(packed)
  local name = os.tmpname()
  local file = assert(io.open(name, "w"))
  file:write(packed)
  file:close()
  local pipe = assert(io.popen("base64 -d <" .. name .. " | gzip -dc"))
  local text = pipe:read("a")
  pipe:close()
  os.remove(name)
  return text
end

describe("the envelope of schema metadata", function()
  for name, text in pairs({ nothing = "", ["one byte"] = "x", text = "two\nlines \0\xff", ["a block"] = ("a"):rep(65535),
    ["more than a block"] = ("0123456789"):rep(13107) .. "xyz" }) do
    it("is read by gunzip and by itself: " .. name, function()
      local packed = gzip.pack(text)
      assert.equal("H4sI", packed:sub(1, 4))
      assert.equal(text, gzip.unpack(packed))
      assert.equal(text, unpacked_outside(packed))
    end)
  end

  it("is refused when damaged", function()
    local packed = gzip.pack("some text")
    assert.is_nil(gzip.unpack(packed:sub(1, -5)))
    assert.is_nil(gzip.unpack("H4sI"))
    assert.is_nil(gzip.unpack("not base64!"))
    assert.is_nil(gzip.unpack((packed:gsub("c29tZS", "c29tZT"))))
    assert.is_nil(gzip.unpack(""))
  end)
end)
