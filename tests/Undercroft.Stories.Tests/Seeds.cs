using System.Globalization;

namespace Undercroft.Stories.Tests;

/// <summary>Randomness that can be replayed: set UNDERCROFT_SEED to the seed a failure prints.</summary>
internal static class Seeds
{
    public static int Current { get; } =
        Environment.GetEnvironmentVariable("UNDERCROFT_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Environment.TickCount & 0x7FFFFFFF;

    public static string Replay(int round) => $"Round {round} fails. Replay with UNDERCROFT_SEED={Current}.";
}
