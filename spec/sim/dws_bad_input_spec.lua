-- SPDX-License-Identifier: Apache-2.0
-- Whatever a body holds, DWS answers: every member of the larger requests is in
-- turn taken away or replaced by something else.
local dws = dofile("spec/sim/dws_caller.lua")
local core = require("hwdb.core")

describe("strange input to DWS", function()
  local rows = {}
  for _, row in ipairs(core.rows()) do rows[row.service .. "." .. row.name] = row end
  local STRANGE = { core.null, true, -1, 1.5, 9223372036854775807, "", "\0", ("x"):rep(300), core.array({}), {},
    core.array({ core.null }), { nested = { deeper = 1 } } }

  local function copy(value)
    if type(value) ~= "table" then return value end
    local result = {}
    for key, member in pairs(value) do result[key] = copy(member) end
    return setmetatable(result, getmetatable(value))
  end

  -- Every body with one member taken away or replaced.
  local function variants(body, try)
    local function walk(path, value)
      if type(value) ~= "table" then return end
      for key, member in pairs(value) do
        local at = { table.unpack(path) }
        at[#at + 1] = key
        for i = 0, #STRANGE do
          local changed = copy(body)
          local parent = changed
          for step = 1, #at - 1 do parent = parent[at[step]] end
          parent[at[#at]] = i > 0 and copy(STRANGE[i]) or nil
          try(changed)
        end
        walk(at, member)
      end
    end
    walk({}, body)
  end

  -- Bodies with every member their table has.
  local BODIES = {
    ["dws.create_cluster"] = { cluster = { node_type = "dws.m3.xlarge", number_of_node = 3, number_of_cn = 2, subnet_id = "s",
      security_group_id = "g", vpc_id = "v", availability_zone = "z", port = 8000, name = "dws-2", user_name = "dbadmin",
      user_pwd = "Passw0rd!Passw0rd!", public_ip = { public_bind_type = "bind_existing", eip_id = "e" },
      tags = { { key = "k", value = "v" } }, enterprise_project_id = "0" } },
    ["dws.check_cluster"] = { cluster = { flavor = "dws.m3.xlarge", num_node = 3, num_cn = 2, availability_zones = { "z" },
      vpc_id = "v", subnet_id = "s", security_group_id = "g", datastore_version = "8.2.0", name = "dws-2", db_name = "dbadmin",
      db_password = "Passw0rd!Passw0rd!", public_ip = { public_bind_type = "bind_existing", eip_id = "e" },
      volume = { volume = "SSD", capacity = 100 }, tag_list = { { key = "k", value = "v" } } } },
    ["dws.resize_cluster"] = { scale_out = { count = 3, subnet_id = "s" }, create_node_only = true, waiting_for_killing = 30,
      auto_redistribute = false },
    ["dws.shrink_cluster"] = { shrink_number = 3, online = false, retry = false, parallel_jobs = 2, force_backup = true },
    ["dws.add_workload_queue"] = { workload_queue = { workload_queue_name = "q", logical_cluster_name = "l",
      workload_resource_item_list = { { resource_name = "cpu_share", resource_value = 12 } } } },
    ["dws.create_snapshot_policy"] = { keep_day = 3, device_name = "NBU", server_port = "1", backup_param = "p",
      server_ips = { "i" }, backup_strategies = { { policy_name = "test", backup_strategy = "0 0 3 ? * *",
      backup_type = "full", backup_level = "cluster" } } },
    ["dws.update_configuration"] = { configurations = { { type = "cn", name = "session_timeout", value = "1" } } },
    ["dws.batch_delete_cluster_cn"] = { instances = { "i" } },
    ["dws.batch_create_resource_tag"] = { tags = { { key = "k", value = "v" } } },
    ["dws.batch_delete_resource_tag"] = { tags = { { key = "k", value = "v" } } },
  }

  for op, body in pairs(BODIES) do
    it("in the body of " .. op .. " is answered", function()
      local row = rows[op]
      variants(body, function(changed)
        local c = dws.new({ world = "documents" })
        local group = c:data("4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90").groups[2].id
        local path = row.path:gsub("{(.-)}", { project_id = "{p}", configuration_id = group,
          cluster_id = "4ca46bf1-5c61-48ff-b4f3-0ad4e5e3ba90", ext_data_source_id = "d303f19c-fbd1-4716-ae04-07d1ff358f22" })
        local status = c:call(row.method, path, changed)
        assert.is_true(status >= 200 and status < 500, core.encode(changed))
        if #c.sim:effects() > 0 then c.sim:advance(4000) end
      end)
    end)
  end
end)
