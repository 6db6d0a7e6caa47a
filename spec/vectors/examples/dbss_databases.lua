-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DBSS 3.3.
return {
  {
    doc = "DBSS 3.3.1", op = "list_audit_databases", method = "GET",
    url = "/v1/{project_id}/{instance_id}/dbss/audit/databases",
    args = { instance_id = "8c53ed03-8ed7-4ff2-ad97-7b2d6d1dd364" },
    answer = [[{
  "databases" : [ {
    "database" : {
      "id" : "zLKv83gBCwCqSg3BJt0m",
      "name" : "db01",
      "type" : "MYSQL",
      "version" : "5.0",
      "charset" : "UTF8",
      "ip" : "192.168.0.204",
      "port" : "3306",
      "os" : "LINUX64",
      "status" : "OFF",
      "instance_name" : "",
      "audit_status" : null,
      "agent_url" : [ "zrKw83gBCwCqSg3Bkt1P" ],
      "db_classification" : "ECS"
    }
  } ]
}]],
    status = 200,
    contradicts = "answer: no total, rds_id, rds_obj_info and dws_obj_info; status OFF is none of the table's states",
  },
  {
    doc = "DBSS 3.3.2", op = "add_rds_no_agent_database", method = "POST",
    url = "/v1/{project_id}/{instance_id}/dbss/audit/databases/rds",
    args = {
      instance_id = "8c53ed03-8ed7-4ff2-ad97-7b2d6d1dd364",
      databases = {
        {
          id = "123751d3ee2f47aea64822e98318c6a8in01",
          db_name = "rds1",
          status = "ACTIVE",
          port = "3306",
          ip = "192.168.0.119",
          instance_name = "rds1",
          version = "8.0",
          type = "MySQL",
        },
        {
          id = "2343f7285d684fed8b09fac201c3fc7ain01",
          db_name = "rds2",
          status = "ACTIVE",
          port = "3306",
          ip = "192.168.0.92",
          instance_name = "rds2",
          version = "8.0",
          type = "MySQL",
        },
      },
    },
    body = [[{
  "databases": [
    {
      "id": "123751d3ee2f47aea64822e98318c6a8in01",
      "db_name": "rds1",
      "status": "ACTIVE",
      "port": "3306",
      "ip": "192.168.0.119",
      "instance_name": "rds1",
      "version": "8.0",
      "type": "MySQL"
    },
    {
      "id": "2343f7285d684fed8b09fac201c3fc7ain01",
      "db_name": "rds2",
      "status": "ACTIVE",
      "port": "3306",
      "ip": "192.168.0.92",
      "instance_name": "rds2",
      "version": "8.0",
      "type": "MySQL"
    }
  ]
}]],
    answer = [[{
  "illegal_db_id" : [],
  "legal_db_id" : [ "123751d3ee2f47aea64822e98318c6a8in01", "2343f7285d684fed8b09fac201c3fc7ain01" ]
}]],
    status = 200,
    repaired = "the closing brackets are printed again after a page break",
    contradicts = "no enterprise_id, which the table makes mandatory",
    warned = {
      "body.databases[1].enterprise_id: is required by the document",
      "body.databases[2].enterprise_id: is required by the document",
    },
  },
}
