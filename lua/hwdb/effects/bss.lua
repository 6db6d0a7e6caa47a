-- SPDX-License-Identifier: Apache-2.0
-- BSS: orders. A paid order shows its state; the others are set again without harm.
local M = {}

M.pay_order = {
  probe = { look = "bss.show_order", args = { order_id = "$order_id" }, field = "order_info.status", done = { 3, 5 }, undone = { 6 } },
  wait = { op = "bss.show_order", args = { order_id = "$order_id" }, field = "order_info.status", success = { 5 }, failure = { 4 },
    interval = 10, delay = 5, timeout = 1200 } }
M.unsubscribe = { person = "whether a resource was unsubscribed shows at the service that owns it" }
M.enable_auto_renew = { repeatable = true }
M.disable_auto_renew = { repeatable = true }

return M
