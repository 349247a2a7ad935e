using System.Globalization;

namespace Undercroft.Testing;

/// <summary>Where a test's chance comes from. Print it, and a failure can be replayed.</summary>
/// <param name="Value">The number that decides everything.</param>
public readonly record struct TestSeed(int Value)
{
    /// <summary>The environment variable that replays a seed.</summary>
    public const string Variable = "UNDERCROFT_SEED";

    /// <summary>Takes the seed of <see cref="Variable"/>, or a fresh one where it is not set.</summary>
    /// <exception cref="FormatException">The variable holds no number.</exception>
    public static TestSeed Take()
    {
#pragma warning disable RS0030 // A test's seed is the one setting it takes from outside.
        var text = Environment.GetEnvironmentVariable(Variable);
#pragma warning restore RS0030
        if (string.IsNullOrEmpty(text))
        {
            return new TestSeed((int)(TimeProvider.System.GetTimestamp() & int.MaxValue));
        }

        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value)
            ? new TestSeed(value)
            : throw new FormatException($"{Variable} must be a whole number; found '{text}'.");
    }

    /// <summary>Makes a source of chance; equal seeds and salts give equal ones.</summary>
    /// <param name="salt">Tells several sources of one seed apart.</param>
    public Random ToRandom(int salt = 0) => new(unchecked((Value * 31) + salt));

    /// <summary>Says how to replay: <c>Replay with UNDERCROFT_SEED=42.</c></summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"Replay with {Variable}={Value}.");
}
