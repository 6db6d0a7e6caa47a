-- SPDX-License-Identifier: Apache-2.0
-- BSS: a paid order shows its state, what was given back is gone; renewal is set again without harm.
local M = {}

M.pay_order = {
  probe = { look = "bss.show_order", args = { order_id = "$order_id" }, field = "order_info.status", done = { 3, 5 }, undone = { 6 } },
  wait = { op = "bss.show_order", args = { order_id = "$order_id" }, field = "order_info.status", success = { 5 }, failure = { 4 },
    interval = 10, delay = 5, timeout = 1200 } }
-- Given back is what is neither in use nor frozen nor expired any more; that takes a while.
M.unsubscribe = {
  probe = { look = "bss.list_order_resources", args = { resource_ids = "$resource_ids", status_list = { 2, 4, 5 } }, items = "data",
    each = "$resource_ids", as = { resource_id = "" }, none = true, settle = 900 } }
M.enable_auto_renew = { repeatable = true }
M.disable_auto_renew = { repeatable = true }

return M
