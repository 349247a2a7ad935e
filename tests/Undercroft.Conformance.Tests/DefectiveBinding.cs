using System.Reflection;
using Xunit.Sdk;

namespace Undercroft.Conformance.Tests;

/// <summary>A binding whose laws are called by name. Not public, so that the runner does not take it for tests.
/// </summary>
internal sealed class DefectiveBinding(Func<TimeProvider, IStore> open) : StoreConformance
{
    private IStore? first;

    public StoreCapabilities Capabilities { get; init; } = StoreCapabilities.Jobs;

    public IReadOnlyList<Durability> Levels { get; init; } = [Durability.Memory];

    /// <summary>Whether the same store is opened again, instead of a new one.</summary>
    public bool KeepsData { get; init; }

    /// <summary>How long a law waits. A defect is expected, so nobody waits long for what will not happen.</summary>
    public TimeSpan WaitMax { get; init; } = TimeSpan.FromSeconds(1);

    protected override StoreCapabilities ExpectedCapabilities => Capabilities;

    protected override IReadOnlyList<Durability> ExpectedDurability => Levels;

    protected override TimeSpan Patience => WaitMax;

    /// <summary>The names of all laws.</summary>
    public static IEnumerable<string> Laws() =>
        typeof(StoreConformance).GetMethods()
            .Where(static method => IsLaw(method))
            .Select(static method => method.Name);

    /// <summary>Takes the store through one law, with each row of its data.</summary>
    /// <returns>What the law says against the store; null where it says nothing or does not apply.</returns>
    public static async Task<Exception?> RunAsync(Func<DefectiveBinding> bind, string law)
    {
        var method = typeof(StoreConformance).GetMethod(law);
        Assert.True(method is not null && IsLaw(method), $"There is no law '{law}'.");
        var rows = method.GetCustomAttributes<InlineDataAttribute>().Select(static row => row.Data).ToList();
        foreach (var row in rows.DefaultIfEmpty([]))
        {
            var binding = bind();
            await binding.InitializeAsync();
            try
            {
                if (method.Invoke(binding, BindingFlags.DoNotWrapExceptions, null, row, null) is Task running)
                {
                    await running;
                }
            }
            catch (Exception error)
            {
                if (error is not SkipException)
                {
                    return error;
                }
            }
            finally
            {
                await binding.DisposeAsync();
            }
        }

        return null;
    }

    protected override ValueTask<IStore> OpenAsync(TimeProvider clock) => new(first = open(clock));

    protected override ValueTask<IStore> ReopenAsync(TimeProvider clock) => KeepsData ? new(first!) : OpenAsync(clock);

    protected override string NewBackupTarget() => "nowhere";

    private static bool IsLaw(MethodInfo method) => method.GetCustomAttribute<FactAttribute>() is not null;
}
