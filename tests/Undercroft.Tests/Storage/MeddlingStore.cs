using Undercroft.Layers;

namespace Undercroft.Tests.Storage;

/// <summary>Does something of a test's own before a scan or a commit reaches the store.</summary>
internal sealed class MeddlingStore(IStore inner) : DelegatingStore(inner)
{
    public Func<ValueTask>? BeforeScan { get; set; }

    public Action<Commit>? BeforeCommit { get; set; }

    public override async ValueTask<ScanPage> ScanAsync(
        ScanRequest request, CancellationToken cancellationToken = default)
    {
        if (BeforeScan is { } meddle)
        {
            BeforeScan = null;
            await meddle();
        }

        return await Inner.ScanAsync(request, cancellationToken);
    }

    public override ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default)
    {
        BeforeCommit?.Invoke(commit);
        return Inner.CommitAsync(commit, cancellationToken);
    }
}
