using System.Globalization;

namespace Undercroft.Testing;

/// <summary>Where a test's chance comes from. Print it, and a failure can be replayed.</summary>
/// <param name="Value">The number that decides everything.</param>
public readonly record struct TestSeed(int Value)
{
    /// <summary>The environment variable that replays a seed.</summary>
    public const string Variable = "UNDERCROFT_SEED";

    /// <summary>The environment variable that asks for longer random runs, with the value <c>1</c>.</summary>
    public const string SoakVariable = "UNDERCROFT_SOAK";

    /// <summary>How many times as long as usual a random run is to be: 1, or 20 where <see cref="SoakVariable"/> asks.
    /// </summary>
    public static int Length => Read(SoakVariable) == "1" ? 20 : 1;

    /// <summary>Takes the seed of <see cref="Variable"/>, or a fresh one where it is not set.</summary>
    /// <exception cref="FormatException">The variable holds no number.</exception>
    public static TestSeed Take()
    {
        var text = Read(Variable);
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

#pragma warning disable RS0030 // How a random run goes is the one thing a test takes from outside.
    private static string? Read(string variable) => Environment.GetEnvironmentVariable(variable);
#pragma warning restore RS0030
}
