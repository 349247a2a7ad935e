namespace Undercroft.Postgres;

/// <summary>The names of what a PostgreSQL store measures, beside what every storage measures.</summary>
public static class PostgresDiagnostics
{
    /// <summary>A gauge, in seconds: for how long the oldest commit that followers are not shown yet has been held back
    /// by an older transaction of the server.</summary>
    public const string FeedHorizonLag = "undercroft.feed.horizon.lag";
}
