-- SPDX-License-Identifier: Apache-2.0
-- The documented examples of DBSS 3.5.
return {
  {
    doc = "DBSS 3.5.1", op = "list_audit_rule_scopes", method = "GET",
    url = "/v1/{project_id}/{instance_id}/dbss/audit/rule/scopes",
    args = { instance_id = "8c53ed03-8ed7-4ff2-ad97-7b2d6d1dd364" },
    answer = [[{
  "scopes" : [ {
    "id" : "zX4W2ngBo47GiyUSBuNs",
    "name" : "Full audit rule",
    "action" : "",
    "status" : "ON",
    "exception_ips" : "",
    "source_ips" : "",
    "source_ports" : "",
    "db_ids" : "",
    "db_names" : "",
    "db_users" : "",
    "all_audit" : true
  } ],
  "total" : 1
}]],
    status = 200,
    contradicts = "answer: status ON; the table has Enabled and Disabled",
  },
  {
    doc = "DBSS 3.5.2", op = "list_sql_injection_rules", method = "POST",
    url = "/v1/{project_id}/{instance_id}/dbss/audit/rule/sql-injections",
    args = { instance_id = "8c53ed03-8ed7-4ff2-ad97-7b2d6d1dd364", risk_levels = "HIGH" },
    body = [[{
  "risk_levels" : "HIGH"
}]],
    answer = [==[{
  "rules" : [ {
    "id" : "zX4W2ngBo47GiyUSBuNs",
    "name" : "MySQL error based SQL injection",
    "status" : "ON",
    "type" : "SYSTEM",
    "risk_level" : "HIGH",
    "rank" : 1,
    "feature" : "Regular expression",
    "regex" : "((.*?)(select)\\s+[0-9]+\\s+from\\s+\\(|\\s*select\\s+count(.*)?(concat)\\s*(.*)?(from)\\s*(information_schema.tables)(.*)?(group)\\s+(by)(.*?))"
  } ],
  "total" : 1
}]==],
    status = 200,
    repaired = "comma after the last member of the rule",
    contradicts = "answer: no keywords, though the rule is a preset one",
  },
  {
    doc = "DBSS 3.5.3", op = "list_audit_rule_risks", method = "GET",
    url = "/v1/{project_id}/{instance_id}/dbss/audit/rule/risk",
    args = { instance_id = "8c53ed03-8ed7-4ff2-ad97-7b2d6d1dd364" },
    answer = [==[{
  "rules": [ {
    "id": "xX4W2ngBo47GiyUSBeOy",
    "name": "Database_drag_detection",
    "type": "OPERATE",
    "feature": "CLIENT[Any]OPERATE[[SELECT]OBJECT[Any]]",
    "status": "ON",
    "rank": 1,
    "risk_level": "HIGH"
  }, {
    "id": "xn4W2ngBo47GiyUSBeP4",
    "name": "Database_Slow_SQL_Detection",
    "type": "OPERATE",
    "feature": "CLIENT[Any]OPERATE[[SELECT]OBJECT[Any]]",
    "status": "ON",
    "rank": 2,
    "risk_level": "LOW"
  } ],
  "total": 2
}]==],
    status = 200,
    contradicts = "answer: type OPERATE, status ON, risk_level HIGH and LOW; the table has OPERATION, On, High and Low",
  },
  {
    doc = "DBSS 3.5.4", op = "show_audit_rule_risk", method = "GET",
    url = "/v1/{project_id}/{instance_id}/dbss/audit/rule/risk/{risk_id}",
    args = { instance_id = "8c53ed03-8ed7-4ff2-ad97-7b2d6d1dd364", risk_id = "AWTOHznX7At9UslqwTfm" },
    answer = [[{
  "status": "OFF",
  "action": "LOGIN,SELECT,INSERT",
  "schemas": [ {
    "schema": "dbss_audit",
    "table": null,
    "column": null
  } ],
  "rank": 6,
  "ignore_case": false,
  "rule_id": "AWTOHznX7At9UslqwTfm",
  "rule_name": "risk_rule_name_00",
  "risk_level": "MEDIUM",
  "db_ids": "11111,22222",
  "execution_symbol": "GREATER",
  "execution_time": 10000,
  "affect_symbol": "GREATER",
  "affect_rows": 30,
  "client_ip": "192.168.0.1"
}]],
    status = 200,
    contradicts = "answer: client_ip with one plain address; the table has client_ips with ranges",
  },
  {
    doc = "DBSS 3.5.5", op = "list_audit_sensitive_masks", method = "GET",
    url = "/v1/{project_id}/{instance_id}/dbss/audit/sensitive/masks",
    args = { instance_id = "8c53ed03-8ed7-4ff2-ad97-7b2d6d1dd364" },
    answer = [[{
  "rules": [ {
    "id": "n34W2ngBo47GiyUSKOVL",
    "name": "GPS Information",
    "type": "BUILD_IN",
    "regex": "-",
    "mask_value": "###",
    "status": "ON",
    "operate_time": "2030-01-01 00:00:06"
  } ]
}]],
    status = 200,
    contradicts = "answer: no total; type BUILD_IN, the table has default and User-defined",
  },
}
