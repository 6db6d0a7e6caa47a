-- SPDX-License-Identifier: Apache-2.0
-- The price query: what a yearly/monthly product costs and its product id,
-- which an order has to name. Amounts are the simulator's own.
local core = require("hwdb.core")
local errors = require("hwdb.sim.bss_errors")

local M = {}

M.MONTH, M.YEAR = 2, 3

-- Service, specification, price of a month. A year costs ten.
local SPECS = {
  { "dbss", "dbss.bypassaudit.low", 2300 }, { "dbss", "dbss.bypassaudit.medium", 6000 },
  { "dbss", "dbss.bypassaudit.high", 20000 },
  { "ddm", "ddm.c6.2xlarge.2", 1100 }, { "ddm", "ddm.c6.4xlarge.2", 2200 }, { "ddm", "ddm.c6.8xlarge.2", 4400 },
  { "rds", "rds.mysql.n1.large.2.ha", 500 }, { "rds", "rds.mysql.n1.xlarge.2.ha", 1000 },
  { "rds", "rds.mysql.n1.large.2", 250 }, { "rds", "rds.mysql.n1.xlarge.2", 500 },
}

local FIRST_PRODUCT = 225394

---The product of a specification for a period.
---@param service string
---@param spec string
---@param period_type integer 2 month, 3 year
---@return { id: string, price: integer }? product nil when nothing of the kind is sold
function M.product(service, spec, period_type)
  local year = period_type == M.YEAR
  if not year and period_type ~= M.MONTH then return nil end
  for i, entry in ipairs(SPECS) do
    if entry[1] == service and entry[2] == spec then
      return { id = ("00301-%d-0--0"):format(FIRST_PRODUCT + 2 * (i - 1) + (year and 1 or 0)),
        price = entry[3] * (year and 10 or 1) }
    end
  end
end

local function text(value) return type(value) == "string" and value ~= "" and value or nil end

-- Clients send numbers as text here.
local function whole(value) return math.tointeger(tonumber(value)) end

local function rated(info, seen)
  local wrong = type(info) ~= "table" or not text(info.id) or seen[info.id] or not text(info.region)
  if wrong then errors.refuse(errors.INVALID) end
  seen[info.id] = true
  local service = (text(info.cloud_service_type) or ""):match("^hws%.service%.type%.(%l+)$")
  local times = (whole(info.period_num) or 0) * (whole(info.subscription_num) or 0)
  local product = M.product(service or "", text(info.resource_spec) or "", whole(info.period_type) or 0)
  if not product or times < 1 or times > 1000000 then errors.refuse(errors.INVALID) end
  return { id = info.id, product_id = product.id, official_website_amount = product.price * times, measure_id = 1 }
end

local function show_price(_, args)
  local infos = args.body.product_infos
  if not text(args.body.project_id) or type(infos) ~= "table" or #infos == 0 or #infos > 100 then
    errors.refuse(errors.INVALID)
  end
  local results, sum, seen = core.array({}), 0, {}
  for i, info in ipairs(infos) do
    results[i] = rated(info, seen)
    sum = sum + results[i].official_website_amount
  end
  return { amount = sum, official_website_amount = sum, discount_amount = 0, measure_id = 1, currency = "CNY",
    official_website_rating_result = { official_website_amount = sum, measure_id = 1, product_rating_results = results },
    optional_discount_rating_results = core.array({}) }
end

M.operations = { ["bss.show_price"] = show_price }

return M
