namespace Undercroft.Tests.Jobs.Checking;

/// <summary>A session, and the worker behind it.</summary>
/// <param name="IsExpired">Whether the store's clock has passed its lease.</param>
/// <param name="IsTrusting">Whether the worker believes that its lease holds.</param>
/// <param name="HasRun">Whether it works on a run.</param>
/// <param name="IsCommitted">Whether the claim of that run is committed.</param>
/// <param name="Fence">The fence it was given.</param>
/// <param name="Run">The true number of that run.</param>
/// <param name="Sent">The settlement on its way: 0 none, 1 success, 2 snooze; it may arrive late.</param>
/// <param name="SentFence">The fence in it.</param>
/// <param name="SentRun">The true number of its run.</param>
public readonly record struct Worker(
    bool IsExpired, bool IsTrusting, bool HasRun, bool IsCommitted, int Fence, int Run, int Sent, int SentFence,
    int SentRun);
