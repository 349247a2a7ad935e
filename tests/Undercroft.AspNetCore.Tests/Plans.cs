namespace Undercroft.AspNetCore.Tests;

/// <summary>Plans for tests.</summary>
internal static class Plans
{
    /// <summary>A plan that asks a URL and expects 200.</summary>
    public static string Watching(string url, string name = "watch", string schedule = "", int expected = 200) =>
        $$"""
        {
          "name": "{{name}}", {{schedule}}
          "nodes": [
            {"id": "ask", "type": "HTTP_REQUEST", "base": "{{url}}", "timeout_ms": 60000},
            {"id": "check", "type": "ASSERTION", "assertions": [
              {"nodeId": "ask", "subject": "status", "predicate": {"operator": "EQUAL", "expected": {{expected}} } }]}
          ]
        }
        """;
}
