namespace Undercroft.Files.Tree;

/// <summary>Something to do on the tree's thread.</summary>
internal abstract class TreeErrand
{
    public abstract void Do(TreeWorker worker);

    public abstract void Fail(Exception error);
}

/// <summary>Something to do on the tree's thread, with a result.</summary>
internal sealed class TreeErrand<T>(Func<TreeWorker, T> work, CancellationToken cancellationToken) : TreeErrand
{
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Done => done.Task;

    public override void Do(TreeWorker worker)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            done.SetResult(work(worker));
        }
        catch (OperationCanceledException canceled)
        {
            _ = done.TrySetCanceled(canceled.CancellationToken);
        }
        catch (Exception error)
        {
            done.SetException(error);
        }
    }

    public override void Fail(Exception error) => done.TrySetException(error);
}
