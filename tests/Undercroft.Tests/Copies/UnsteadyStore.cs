using Undercroft.Layers;

namespace Undercroft.Tests.Copies;

/// <summary>Fails when a test wants it to: instead of a commit, or after it, when nobody can tell whether it happened.
/// </summary>
internal sealed class UnsteadyStore(IStore inner) : DelegatingStore(inner)
{
    /// <summary>Asked before each commit with its number: whether it fails without happening.</summary>
    public Func<int, bool> FailsBefore { get; set; } = static _ => false;

    /// <summary>Asked after each commit with its number: whether it fails though it happened.</summary>
    public Func<int, bool> FailsAfter { get; set; } = static _ => false;

    /// <summary>Whether what it throws says that trying again may help.</summary>
    public bool IsTransient { get; set; }

    /// <summary>Called before each commit.</summary>
    public Func<Commit, ValueTask> Before { get; set; } = static _ => default;

    public StoreLimits? Limits { get; init; }

    public int Commits { get; private set; }

    public override StoreInfo Info => Limits is null ? Inner.Info : Inner.Info with { Limits = Limits };

    public override async ValueTask<CommitResult> CommitAsync(
        Commit commit, CancellationToken cancellationToken = default)
    {
        await Before(commit);
        var number = ++Commits;
        if (FailsBefore(number))
        {
            throw Failure();
        }

        var result = await Inner.CommitAsync(commit, cancellationToken);
        return FailsAfter(number) ? throw Failure() : result;
    }

    private StoreException Failure() =>
        new(StoreErrorKind.Full, "There is no room left.") { IsTransient = IsTransient };
}
