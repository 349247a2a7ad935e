namespace Undercroft.Monitors.Tests;

/// <summary>Plans for tests.</summary>
internal static class Plans
{
    public static MonitorExecutorOptions Local => new() { Guard = AddressGuard.Parse("loopback") };

    /// <summary>A plan that asks one URL and asserts.</summary>
    /// <param name="url">The beginning of the URL.</param>
    /// <param name="path">The rest of it.</param>
    /// <param name="format">The format of the response.</param>
    /// <param name="assertions">JSON of assertions, without <c>nodeId</c>.</param>
    public static MonitorPlan Asking(
        string url, string path, string format = "JSON", params IEnumerable<string> assertions)
    {
        var list = string.Join(", ", assertions.Select(static one => $$"""{"nodeId": "ask", {{one.Trim()[1..]}}"""));
        return PlanText.Read(
            $$"""
            {
              "name": "asking",
              "nodes": [
                {"id": "ask", "type": "HTTP_REQUEST", "base": "{{url}}", "path": "{{path}}",
                 "response_format": "{{format}}"},
                {"id": "check", "type": "ASSERTION", "assertions": [{{list}}]}
              ]
            }
            """);
    }

    public static Task<RunOutcome> RunAsync(MonitorPlan plan, MonitorExecutorOptions? options = null) =>
        new MonitorExecutor(options ?? Local).RunAsync(
            plan, cancellationToken: TestContext.Current.CancellationToken);
}
