namespace Undercroft.Monitors;

/// <summary>The collections of monitors.</summary>
internal static class MonitorCollections
{
    public static CollectionDefinition<MonitorPlan> Plans { get; } =
        new CollectionDefinition<MonitorPlan>("monitor-plans", MonitorJson.Default.MonitorPlan)
            .WithUnique("by-name", "environment", "name")
            .WithMigrations(PlanMigrations.Chain);

    public static CollectionDefinition<MonitorTimetable> Timetables { get; } =
        new CollectionDefinition<MonitorTimetable>("monitor-timetables", MonitorJson.Default.MonitorTimetable)
            .WithIndex("by-next", "nextAt:time");

    public static CollectionDefinition<MonitorRun> Runs { get; } =
        new CollectionDefinition<MonitorRun>("monitor-runs", MonitorJson.Default.MonitorRun)
            .WithId(static run => run.Id)
            .WithIndex("by-plan", "planId", "-createdAt:time")
            .WithIndex("by-status", "status", "-createdAt:time")
            .WithIndex("by-time", "-createdAt:time")
            .WithIndex("active", "activeIn");

    public static CollectionDefinition<MonitorRunEvents> Events { get; } =
        new("monitor-run-events", MonitorJson.Default.MonitorRunEvents);

    public static CollectionDefinition<MonitorAgent> Agents { get; } =
        new CollectionDefinition<MonitorAgent>("monitor-agents", MonitorJson.Default.MonitorAgent)
            .WithId(static agent => agent.Id)
            .WithIndex("by-location", "location");

    public static CollectionDefinition<MonitorApiKeyDocument> Keys { get; } =
        new("monitor-api-keys", MonitorJson.Default.MonitorApiKeyDocument);

    /// <summary>The lane of a plan's scheduled runs in a location.</summary>
    public static string LaneOf(string planId, string location) => $"{location}/{planId}";
}
