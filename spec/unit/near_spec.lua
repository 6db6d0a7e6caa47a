-- SPDX-License-Identifier: Apache-2.0
-- The name that was probably meant.
local near = require("hwdb.near")

local function hint(word, ...)
  return near.hint(word, { ... })
end

describe("the nearest name", function()
  it("is found through a letter too many, too few, wrong or swapped, and through case", function()
    for _, word in ipairs({ "summmary", "sumary", "sunmary", "smumary", "Summary", "SUMMRY" }) do
      assert.equal(", did you mean summary?", hint(word, "params", "summary", "run"), word)
    end
  end)

  it("may have a third of its letters wrong, two at least, of a short word one", function()
    assert.equal(", did you mean ddm?", hint("ddn", "ddm"))
    assert.equal("", hint("dxn", "ddm"))
    assert.equal(", did you mean print?", hint("pxxnt", "print"))
    assert.equal("", hint("pxxxt", "print"))
    assert.equal(", did you mean list_instances?", hint("list_xxxxances", "list_instances"))
    assert.equal("", hint("list_xxxxxnces", "list_instances"))
  end)

  it("may be one that the word begins", function()
    assert.equal(", did you mean inventory?", hint("inv", "init", "inventory"))
    assert.equal("", hint("in", "inventory"))
  end)

  it("is the first of equally near ones, and the word itself in other case before all", function()
    assert.equal(", did you mean dws?", hint("dss", "dws", "dbs"))
    assert.equal(", did you mean id?", hint("ID", "is", "id"))
  end)

  it("shares a letter with the word", function()
    assert.equal("", hint("x", "y"))
    assert.equal("", hint("", "y", "yz"))
  end)

  it("is none of a word or name that is too long, or of what is no text", function()
    assert.equal("", hint(("x"):rep(64), ("x"):rep(63)))
    assert.equal("", hint(("x"):rep(63), ("x"):rep(64)))
    assert.equal((", did you mean %s?"):format(("x"):rep(63)), hint(("x"):rep(62), ("x"):rep(63)))
    assert.equal("", hint(12, "12"))
    assert.equal("", hint(nil, "nil"))
    assert.equal("", hint("x"))
  end)

  it("is told with what stands before it", function()
    assert.equal(", did you mean --dry-run?", near.hint("dryrun", { "dry-run" }, "--"))
  end)
end)
