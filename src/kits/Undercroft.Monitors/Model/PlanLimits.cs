namespace Undercroft.Monitors;

/// <summary>How large a plan may be.</summary>
internal static class PlanLimits
{
    public const int BytesMax = 256 * 1024;
    public const int NodesMax = 200;
    public const int EdgesMax = 1000;
    public const int AssertionsMax = 100;
    public const int HeadersMax = 100;
    public const int VariablesMax = 100;
    public const int LocationsMax = 50;
    public const int NameMax = 200;
    public const int TextMax = 8000;
    public const int PathStepsMax = 50;
    public const int XPathMax = 500;
    public const int ProblemsMax = 100;

    public static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan TimeoutMax = TimeSpan.FromMinutes(5);
}
