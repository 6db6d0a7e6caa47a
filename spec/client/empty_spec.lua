-- SPDX-License-Identifier: Apache-2.0
-- A success without a body: taken, and told where it is odd.
local hwdb = require "hwdb"

local function client(status, body)
  local cloud = { ak = "AK", sk = "SK", region = "cn-north-4", project_id = "p" }
  function cloud.handle() return { status = status, headers = {}, body = body } end
  function cloud.now() return 1767323045000 end
  function cloud.advance_to() end
  return assert(hwdb.client { sim = cloud })
end

describe("a success without a body", function()
  it("is an empty table, with a warning where a read documents fields", function()
    local body, info = client(200, "").ddm:list_instances()
    assert.same({}, body)
    assert.same({ "answer: is empty, though the document names its fields" }, info.warnings)
  end)

  it("is nothing odd for a change, for a read of nothing, or when braces come", function()
    local _, info = client(202, "").ddm:delete_instance { instance_id = "i" }
    assert.is_nil(info.warnings)
    _, info = client(200, "{}").ddm:list_instances()
    assert.is_nil(info.warnings)
    _, info = client(200, ""):request { service = "ddm", method = "GET", path = "/v9/x" }
    assert.is_nil(info.warnings)
  end)
end)
