using System.Text.Json.Serialization;

namespace Undercroft.Migrations;

/// <summary>How far a <see cref="MigrationRun"/> is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MigrationState>))]
public enum MigrationState
{
    /// <summary>It has begun and not ended: somebody is at it, or was when they were stopped. Run again, it goes on
    /// where it was.</summary>
    Running = 0,

    /// <summary>It stopped at a document that cannot be migrated. Run again, it goes on there.</summary>
    Stopped,

    /// <summary>It has seen every document.</summary>
    Completed,

    /// <summary>It is being taken back. Roll back again, and it goes on where it was.</summary>
    RollingBack,

    /// <summary>It was taken back.</summary>
    RolledBack,
}
