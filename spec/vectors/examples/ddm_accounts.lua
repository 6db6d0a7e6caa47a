-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DDM 4.4.
return {
  {
    doc = "DDM 4.4.1", op = "create_users", method = "POST",
    url = "/v1/{project_id}/instances/{instance_id}/users",
    args = {
      instance_id = "61a4ea66210545909d74a05c27a7179ein09",
      users = { {
        name = "DDMuser1",
        password = "xxxxxx",
        base_authority = { "CREATE", "DROP", "ALTER", "INDEX", "INSERT", "DELETE", "UPDATE", "SELECT" },
        description = "",
        databases = { { name = "DDMdb1" } },
      } },
    },
    body = [[{
  "users": [ {
    "name": "DDMuser1",
    "password": "xxxxxx",
    "base_authority": [ "CREATE", "DROP", "ALTER", "INDEX", "INSERT", "DELETE", "UPDATE", "SELECT" ],
    "description": "",
    "databases": [ {
      "name": "DDMdb1"
    } ]
  } ]
}]],
    answer = [[{
  "users": [ {
    "name": "DDMuser1"
  } ]
}]],
    status = 200,
  },
  {
    doc = "DDM 4.4.2", op = "list_users", method = "GET",
    url = "/v1/{project_id}/instances/{instance_id}/users?offset={offset}&limit={limit}",
    args = { instance_id = "61a4ea66210545909d74a05c27a7179ein09", offset = 0, limit = 10 },
    answer = [[{
  "users": [ {
    "name": "ddmtest",
    "status": "RUNNING",
    "base_authority": [ "SELECT" ],
    "password_last_changed": 1686904661709,
    "description": "Account",
    "created": 1686904661709,
    "databases": [ {
      "name": "zhxtest",
      "description": "Schema"
    } ]
  } ],
  "page_no": 1,
  "page_size": 10,
  "total_record": 1,
  "total_page": 1
}]],
    status = 200,
  },
  {
    doc = "DDM 4.4.3", op = "update_user", method = "PUT",
    url = "/v1/{project_id}/instances/{instance_id}/users/{username}",
    args = {
      instance_id = "61a4ea66210545909d74a05c27a7179ein09",
      username = "ddmtest",
      user = { base_authority = { "SELECT" }, description = "test11", databases = { { name = "db_7350" } } },
    },
    body = [[{
  "user" : {
    "base_authority" : [ "SELECT" ],
    "description" : "test11",
    "databases" : [ {
      "name" : "db_7350"
    } ]
  }
}]],
    answer = [[{
  "name" : "ddmtest"
}]],
    status = 200,
  },
  {
    doc = "DDM 4.4.4", op = "delete_user", method = "DELETE",
    url = "/v1/{project_id}/instances/{instance_id}/users/{username}",
    args = { instance_id = "61a4ea66210545909d74a05c27a7179ein09", username = "ddmtest" },
    answer = [[{
  "name" : "ddmtest"
}]],
    status = 200,
  },
  {
    doc = "DDM 4.4.5", op = "reset_user_password", method = "POST",
    url = "/v2/{project_id}/instances/{instance_id}/users/{username}/password",
    args = {
      instance_id = "e6b99563-xxxx-xxxx-xxxx-1820d4fd2a67", username = "ddmtest", password = "xxxxxx",
    },
    body = [[{
  "password" : "xxxxxx"
}]],
    answer = [[{
  "success": true,
  "instance_id": "e6b99563-xxxx-xxxx-xxxx-1820d4fd2a67",
  "user_name" : "ddmtest"
}]],
    status = 200,
    note = "the instance id is a masked UUID, not 32 characters and in09",
  },
  {
    doc = "DDM 4.4.6", op = "reset_administrator", method = "PUT",
    url = "/v3/{project_id}/instances/{instance_id}/admin-user",
    args = { instance_id = "61a4ea66210545909d74a05c27a7179ein09", name = "root", password = "xxxxx" },
    body = [[{
  "name" : "root",
  "password" : "xxxxx"
}]],
    status = 202,
    contradicts = "the masked password has 5 characters, the table asks for 8 to 32",
    note = "no answer body is documented",
    warned = {
      "body.password: has 5 characters, at least 8 are needed",
    },
  },
  {
    doc = "DDM 4.4.7", op = "validate_weak_password", method = "POST",
    url = "/v3/{project_id}/weak-password-verification",
    args = { password = "xxx" },
    body = [[{
  "password" : "xxx"
}]],
    answer = [[{
  "is_weak_password" : true
}]],
    status = 200,
  },
  {
    doc = "DDM 4.4.8", op = "create_user_v3", method = "POST",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/61a4ea66210545909d74a05c27a7179ein09/users",
    args = {
      instance_id = "61a4ea66210545909d74a05c27a7179ein09",
      name = "user1",
      description = "",
      base_authority = { "CREATE", "DROP", "ALTER", "INDEX", "INSERT", "DELETE", "UPDATE", "SELECT" },
      password = "xxxxxxxx",
    },
    body = [[{
  "name": "user1",
  "description": "",
  "base_authority": [ "CREATE", "DROP", "ALTER", "INDEX", "INSERT", "DELETE", "UPDATE", "SELECT" ],
  "password": "xxxxxxxx"
}]],
    answer = [[{ }]],
    status = 200,
  },
  {
    doc = "DDM 4.4.9", op = "list_users_v3", method = "GET",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/61a4ea66210545909d74a05c27a7179ein09/users",
    args = { instance_id = "61a4ea66210545909d74a05c27a7179ein09" },
    answer = [[{
  "users" : [ {
    "name" : "testuser",
    "status" : "RUNNING",
    "base_authority" : [ "SELECT" ],
    "description" : "for project a",
    "created" : "2025-12-12T04:03:46+0000",
    "password_last_changed" : "2025-12-12T04:03:46+0000",
    "password_lifetime" : null,
    "expiration_time" : null,
    "databases" : [ {
      "name" : "logicdb1"
    } ]
  } ],
  "offset" : 0,
  "limit" : 1,
  "total" : 3
}]],
    status = 200,
    note = "an answer stands under the request line, as if it were a body; it is left out here. "
      .. "The method is printed in lower case, and the answer's limit is 1 where none was asked for",
  },
  {
    doc = "DDM 4.4.10", op = "update_user_v3", method = "PUT",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/61a4ea66210545909d74a05c27a7179ein09/users/testuser",
    args = {
      instance_id = "61a4ea66210545909d74a05c27a7179ein09",
      username = "testuser",
      base_authority = { "CREATE", "DROP", "ALTER", "INDEX", "INSERT", "DELETE", "UPDATE", "SELECT" },
    },
    body = [[{
  "base_authority": [ "CREATE", "DROP", "ALTER", "INDEX", "INSERT", "DELETE", "UPDATE", "SELECT" ]
}]],
    answer = [[{}]],
    status = 200,
  },
  {
    doc = "DDM 4.4.10", op = "update_user_v3", method = "PUT",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/61a4ea66210545909d74a05c27a7179ein09/users/testuser",
    args = {
      instance_id = "61a4ea66210545909d74a05c27a7179ein09", username = "testuser", description = "new description",
    },
    body = [[{
  "description": "new description"
}]],
    answer = [[{}]],
    status = 200,
  },
  {
    doc = "DDM 4.4.10", op = "update_user_v3", method = "PUT",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/61a4ea66210545909d74a05c27a7179ein09/users/testuser",
    args = {
      instance_id = "61a4ea66210545909d74a05c27a7179ein09", username = "testuser", password_lifetime = 60,
    },
    body = [[{
  "password_lifetime": 60
}]],
    answer = [[{}]],
    status = 200,
  },
  {
    doc = "DDM 4.4.11", op = "delete_user_v3", method = "DELETE",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/61a4ea66210545909d74a05c27a7179ein09/users/testuser",
    args = { instance_id = "61a4ea66210545909d74a05c27a7179ein09", username = "testuser" },
    answer = [[{ }]],
    status = 200,
  },
  {
    doc = "DDM 4.4.12", op = "reset_user_password_v3", method = "POST",
    url = "/v3/619d3e78f61b4be68bc5aa0b59edcf7b/instances/61a4ea66210545909d74a05c27a7179ein09/users/testuser/password",
    args = {
      instance_id = "61a4ea66210545909d74a05c27a7179ein09", username = "testuser", password = "xxxxxx",
    },
    body = [[{
  "password" : "xxxxxx"
}]],
    answer = [[{}]],
    status = 200,
    contradicts = "the masked password has 6 characters, the table asks for 8 to 32",
    warned = {
      "body.password: has 6 characters, at least 8 are needed",
    },
  },
}
