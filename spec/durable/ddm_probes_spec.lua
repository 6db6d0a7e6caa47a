-- SPDX-License-Identifier: Apache-2.0
-- Changes of DDM accounts whose answer is missing: found where the account is as it was asked to be, sent where it is not.
local durable = require("spec.durable.support")

local CHANGES = {
  update_user = [[user = { base_authority = { "SELECT", "INSERT" }, databases = { { name = "orders" } }, description = "d" }]],
  update_user_v3 = [[base_authority = { "SELECT", "INSERT" }, databases = { { name = "orders" } }, description = "d" ]],
}

local function book(op)
  return durable.book(([[function(run, p)
    run.ddm:%s{ instance_id = p.instance_id, username = "app", %s }
  end]]):format(op, CHANGES[op]))
end

-- The account has eight rights on the schema orders, and no such description.
local function world_of(op, fault)
  return durable.world({ faults = { { op = "ddm." .. op, ["do"] = fault } } })
end

describe("a change of a DDM account", function()
  for op in pairs(CHANGES) do
    it(op .. " is found by what the account is, in whatever order its rights stand", function()
      local world = world_of(op, "reset_after")
      local result, reporter = durable.run(world, book(op))
      assert.equal("done", result.state, tostring(result.error))
      assert.same({ op }, durable.ops(world))
      assert.is_true(reporter:has("took place; its answer is adopted"))
      durable.clean(world)
    end)

    it(op .. " is sent when it never left", function()
      local world = world_of(op, "reset_before")
      local result, reporter = durable.run(world, book(op))
      assert.equal("done", result.state, tostring(result.error))
      assert.is_true(reporter:has("did not take place"))
      assert.same({ "SELECT", "INSERT" }, world.instance.accounts[1].base_authority)
      durable.clean(world)
    end)

    it(op .. " killed anywhere is made once", function()
      local found = durable.sweep({ book = ([[function(run, p)
        run.ddm:%s{ instance_id = p.instance_id, username = "app", %s }
      end]]):format(op, CHANGES[op]) })
      assert.same({}, found.violations)
      assert.same({ op }, found.effects)
    end)
  end
end)
