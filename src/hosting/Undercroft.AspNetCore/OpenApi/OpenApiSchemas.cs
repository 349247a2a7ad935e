namespace Undercroft.AspNetCore.OpenApi;

/// <summary>The schemas of what the service takes and gives; a test holds them against the real answers.</summary>
internal static class OpenApiSchemas
{
    public const string Json =
        """
        {
          "Value": {"description": "JSON in which $variable, $secret and $literal stand for other values."},
          "Plan": {
            "type": "object", "required": ["name", "nodes"],
            "properties": {
              "id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,200}$"},
              "version": {"type": "string", "enum": ["1.0", "2.0", "2.1"]},
              "name": {"type": "string"}, "organization": {"type": "string"}, "project": {"type": "string"},
              "environment": {"type": "string", "default": "default"},
              "locations": {"type": "array", "items": {"type": "string"}},
              "frequency": {"type": "object", "required": ["every", "unit"], "properties": {
                "every": {"type": "integer", "minimum": 1, "maximum": 1000},
                "unit": {"type": "string", "enum": ["SECOND", "MINUTE", "HOUR", "DAY"]}}},
              "cron": {"type": "string"}, "timeZone": {"type": "string"},
              "enabled": {"type": "boolean", "default": true},
              "variables": {"type": "object", "additionalProperties": {"type": "string"}},
              "nodes": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
              "edges": {"type": "array", "items": {"type": "object", "required": ["from", "to"], "properties": {
                "from": {"type": "string"}, "to": {"type": "string"}}}}}},
          "Node": {
            "type": "object", "required": ["id", "type"],
            "properties": {
              "id": {"type": "string"}, "type": {"type": "string", "enum": ["HTTP_REQUEST", "WAIT", "ASSERTION"]},
              "method": {"type": "string"}, "base": {"$ref": "#/components/schemas/Value"},
              "path": {"$ref": "#/components/schemas/Value"},
              "headers": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Value"}},
              "body": {"$ref": "#/components/schemas/Value"},
              "response_format": {"type": "string", "enum": ["JSON", "XML", "TEXT"]},
              "timeout_ms": {"type": "integer"}, "follow_redirects": {"type": "boolean"},
              "duration_ms": {"type": "integer"},
              "assertions": {"type": "array", "items": {"$ref": "#/components/schemas/Assertion"}}}},
          "Assertion": {
            "type": "object", "required": ["nodeId", "subject", "predicate"],
            "properties": {
              "nodeId": {"type": "string"},
              "subject": {"type": "string", "enum": ["body", "headers", "status", "latency"]},
              "path": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
              "predicate": {"oneOf": [{"type": "string"}, {"type": "object", "properties": {
                "operator": {"type": "string"}, "expected": {"$ref": "#/components/schemas/Value"}}}]}}},
          "PlanPage": {
            "type": "object", "required": ["items"],
            "properties": {
              "items": {"type": "array", "items": {"type": "object", "properties": {
                "etag": {"type": "string"}, "createdAt": {"type": "string", "format": "date-time"},
                "updatedAt": {"type": "string", "format": "date-time"},
                "plan": {"$ref": "#/components/schemas/Plan"}}}},
              "next": {"type": "string"}}},
          "Run": {
            "type": "object", "required": ["id", "planId", "status"],
            "properties": {
              "id": {"type": "string"}, "planId": {"type": "string"}, "planName": {"type": "string"},
              "groupId": {"type": "string"}, "location": {"type": "string"}, "environment": {"type": "string"},
              "triggeredBy": {"type": "string", "enum": ["schedule", "manual", "api"]},
              "status": {"type": "string", "enum": ["pending", "running", "completed", "failed"]},
              "createdAt": {"type": "string", "format": "date-time"},
              "scheduledFor": {"type": "string", "format": "date-time"},
              "startedAt": {"type": "string", "format": "date-time"},
              "completedAt": {"type": "string", "format": "date-time"},
              "jobId": {"type": "string"}, "attempts": {"type": "integer"}, "worker": {"type": "string"},
              "durationMs": {"type": "number"}, "success": {"type": "boolean"}, "activeIn": {"type": "string"},
              "errors": {"type": "array", "items": {"type": "string"}},
              "nodes": {"type": "array", "items": {"type": "object", "properties": {
                "nodeId": {"type": "string"}, "status": {"type": "string", "enum": ["passed", "failed", "skipped"]},
                "durationMs": {"type": "number"}, "httpStatus": {"type": "integer"},
                "error": {"type": "string"}}}}}},
          "RunPage": {
            "type": "object", "required": ["items"],
            "properties": {
              "items": {"type": "array", "items": {"$ref": "#/components/schemas/Run"}}, "next": {"type": "string"}}},
          "RunList": {
            "type": "object", "properties": {
              "runs": {"type": "array", "items": {"$ref": "#/components/schemas/Run"}}}},
          "EventList": {
            "type": "object", "properties": {
              "events": {"type": "array", "items": {"type": "object", "properties": {
                "sequence": {"type": "integer"}, "type": {"type": "string"},
                "at": {"type": "string", "format": "date-time"}, "nodeId": {"type": "string"},
                "durationMs": {"type": "number"}, "success": {"type": "boolean"}, "status": {"type": "integer"},
                "message": {"type": "string"}}}}}},
          "Statistics": {
            "type": "object", "properties": {
              "runs": {"type": "integer"}, "successes": {"type": "integer"}, "successRate": {"type": "number"},
              "from": {"type": "string", "format": "date-time"}, "to": {"type": "string", "format": "date-time"},
              "minMs": {"type": "number"}, "averageMs": {"type": "number"}, "p50Ms": {"type": "number"},
              "p90Ms": {"type": "number"}, "p95Ms": {"type": "number"}, "p99Ms": {"type": "number"},
              "maxMs": {"type": "number"}}},
          "AgentRegistration": {
            "type": "object", "additionalProperties": false, "properties": {
              "location": {"type": "string", "default": "default"},
              "metadata": {"type": "object", "additionalProperties": {"type": "string"}}}},
          "Agent": {
            "type": "object", "properties": {
              "id": {"type": "string"}, "location": {"type": "string"}, "isOnline": {"type": "boolean"},
              "registeredAt": {"type": "string", "format": "date-time"},
              "lastHeartbeat": {"type": "string", "format": "date-time"},
              "metadata": {"type": "object", "additionalProperties": {"type": "string"}}}},
          "AgentList": {
            "type": "object", "properties": {
              "agents": {"type": "array", "items": {"$ref": "#/components/schemas/Agent"}}}},
          "LocationList": {
            "type": "object", "properties": {
              "locations": {"type": "array", "items": {"type": "object", "properties": {
                "name": {"type": "string"}, "online": {"type": "integer"}, "agents": {"type": "integer"}}}}}},
          "Problem": {
            "type": "object", "properties": {
              "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
              "detail": {"type": "string"},
              "errors": {"type": "array", "items": {"type": "object", "properties": {
                "path": {"type": "string"}, "message": {"type": "string"}}}}}}
        }
        """;
}
