namespace Undercroft.Jobs;

/// <summary>Says how a run ended.</summary>
public sealed class Settlement
{
    private Settlement(SettlementKind kind) => Kind = kind;

    /// <summary>How it ended.</summary>
    public SettlementKind Kind { get; }

    /// <summary>What a run that ended well leaves.</summary>
    public ReadOnlyMemory<byte> Result { get; private init; }

    /// <summary>How long to wait before the next run.</summary>
    public TimeSpan Delay { get; private init; }

    /// <summary>What went wrong; null where nothing did.</summary>
    public string? Error { get; private init; }

    /// <summary>It ended well, with no result.</summary>
    public static Settlement Succeeded { get; } = new(SettlementKind.Succeed);

    /// <summary>It is handed back as if it had not been claimed.</summary>
    public static Settlement Released { get; } = new(SettlementKind.Release);

    /// <summary>It heeded a request to cancel.</summary>
    public static Settlement Cancelled { get; } = new(SettlementKind.Cancel);

    /// <summary>It ended well.</summary>
    /// <param name="result">What it leaves. The bytes must not change until the commit has completed.</param>
    public static Settlement Succeed(ReadOnlyMemory<byte> result) =>
        result.IsEmpty ? Succeeded : new(SettlementKind.Succeed) { Result = result };

    /// <summary>It went wrong and is to be tried again.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative.</exception>
    public static Settlement Retry(TimeSpan delay, string error) =>
        new(SettlementKind.Retry) { Delay = Checked(delay), Error = error ?? "" };

    /// <summary>It went wrong for good.</summary>
    public static Settlement Fail(string error) => new(SettlementKind.Fail) { Error = error ?? "" };

    /// <summary>It wants to go on later.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative.</exception>
    public static Settlement Snooze(TimeSpan delay) => new(SettlementKind.Snooze) { Delay = Checked(delay) };

    private static TimeSpan Checked(TimeSpan delay) => delay >= TimeSpan.Zero && delay <= JobLimits.SpanMax
        ? delay
        : throw new ArgumentOutOfRangeException(
            nameof(delay), delay, "The delay of a job must be between zero and 3,650 days.");
}
