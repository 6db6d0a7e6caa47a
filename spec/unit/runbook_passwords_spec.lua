-- SPDX-License-Identifier: Apache-2.0
-- Rules of passwords: each is told by itself, and nothing of the password is.
local hwdb = require("hwdb")
local passwords = require("hwdb.runbook.passwords")

local RULES = { min = 8, max = 32, kinds = 3, others = "~!@#%^*-_+?", not_name = "App_user1" }

describe("a password's rules", function()
  it("are kept, or the first that is broken is told", function()
    for text, problem in pairs({
      ["Orange-tree-7"] = false, ["Orange77"] = false, ["orange-77"] = false, ["Aa1-Aa1-Aa1-Aa1-Aa1-Aa1-Aa1-Aa1-"] = false,
      ["Aa1-Aa1"] = "it is shorter than 8 characters",
      ["Aa1-Aa1-Aa1-Aa1-Aa1-Aa1-Aa1-Aa1-A"] = "it is longer than 32 characters",
      ["Orange tree 77"] = "it has a character that is neither a letter or digit of ASCII nor one of ~!@#%^*-_+?",
      ["Oränge-tree-7"] = "it has a character that is neither a letter or digit of ASCII nor one of ~!@#%^*-_+?",
      ["orangetree7"] = "it has fewer than 3 of: lower case, upper case, digits, other characters",
      ["App_user1"] = "it is the name, or the name reversed", ["1resu_Ppa"] = "it is the name, or the name reversed",
    }) do
      assert.equal(problem or nil, passwords.problem(hwdb.secret(text), RULES), text)
    end
  end)

  it("that are not given do not count", function()
    assert.is_nil(passwords.problem(hwdb.secret("x"), {}))
  end)
end)
