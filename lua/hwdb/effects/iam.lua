-- SPDX-License-Identifier: Apache-2.0
-- IAM: tokens and temporary keys; another one does no harm.
return {
  create_token = { repeatable = true },
  create_temporary_access_key = { repeatable = true },
}
