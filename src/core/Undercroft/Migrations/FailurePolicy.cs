namespace Undercroft.Migrations;

/// <summary>What a run does at a document that cannot be migrated. The document stays as it was either way.</summary>
public enum FailurePolicy
{
    /// <summary>It stops there.</summary>
    Stop = 0,

    /// <summary>It reports the document and goes on.</summary>
    Continue,
}
