-- SPDX-License-Identifier: Apache-2.0
-- The nodes of a DDM instance as data: minting, adding, removing, showing.
local errors = require("hwdb.sim.ddm_errors")

local M = {}

-- "3. DDM instance operations" of the manuals: 32 nodes in total.
M.MOST = 32

local function address(ctx)
  local network = ctx.state.network
  network.next_ip = network.next_ip + 1
  return ("192.168.%d.%d"):format(network.next_ip // 250 % 250, network.next_ip % 250 + 4)
end

---Adds nodes to a group (the default one if none is named).
---@param ctx hwdb.sim.Context
---@param instance table
---@param count integer
---@param status string
---@param group_id string?
function M.add(ctx, instance, count, status, group_id)
  for _ = 1, count do
    instance.node_seq = (instance.node_seq or 0) + 1
    instance.nodes[#instance.nodes + 1] = { id = ctx:id("no09"), status = status, ip = address(ctx),
      name = ("%s_node_%02d"):format(instance.name, instance.node_seq), group_id = group_id or instance.groups[1].id,
      floating_ip = ("100.65.%d.%d"):format(instance.node_seq, #instance.nodes + 10), server_id = ctx:uuid(),
      data_volume_id = ctx:uuid(), system_volume_id = ctx:uuid(),
      data_ip = ("172.16.%d.%d"):format(instance.node_seq, #instance.nodes + 10) }
  end
end

---Takes the newest nodes of a group away.
function M.remove(instance, count, group_id)
  for i = #instance.nodes, 1, -1 do
    if count == 0 then return end
    if not group_id or instance.nodes[i].group_id == group_id then
      table.remove(instance.nodes, i)
      count = count - 1
    end
  end
end

---How many nodes a group has.
function M.count(instance, group_id)
  local count = 0
  for _, node in ipairs(instance.nodes) do
    if not group_id or node.group_id == group_id then count = count + 1 end
  end
  return count
end

---@param id string
---@return table
function M.get(instance, id)
  for _, node in ipairs(instance.nodes) do
    if node.id == id then return node end
  end
  return errors.refuse("DBS.200013")
end

---The zone a node lies in; nodes bought with the instance are spread over its zones.
function M.zone(instance, node)
  if node.zone then return node.zone end
  for i, one in ipairs(instance.nodes) do
    if one == node then return instance.zones[(i - 1) % #instance.zones + 1] end
  end
end

-- An instance shows its nodes as RUNNING where the list of nodes says normal.
function M.brief(ctx, instance, node)
  local port = tostring(instance.access_port)
  if ctx.readings.node_port == "integer" then port = instance.access_port end
  return { status = node.status == "normal" and "RUNNING" or node.status, port = port, ip = node.ip,
    group_id = node.group_id, node_id = node.id }
end

function M.listed(instance, node)
  return { port = tostring(instance.access_port), status = node.status, node_id = node.id, ip = node.ip,
    group_id = node.group_id }
end

function M.full(instance, node)
  return { status = node.status, name = node.name, node_id = node.id, private_ip = node.ip,
    floating_ip = node.floating_ip, server_id = node.server_id, subnet_name = "manageSubnet",
    datavolume_id = node.data_volume_id, res_subnet_ip = node.data_ip, systemvolume_id = node.system_volume_id,
    group_id = node.group_id, subnet_id = node.subnet_id or instance.subnet_id }
end

return M
