using System.Diagnostics;

namespace Undercroft;

/// <summary>An operation under way.</summary>
internal readonly record struct MeteredOperation(StorageOperation Kind, long StartedAt, Activity? Activity);
