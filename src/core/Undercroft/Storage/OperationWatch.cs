namespace Undercroft;

/// <summary>Watches an operation to its end: one that does not say that it succeeded has failed.</summary>
internal sealed class OperationWatch(StorageMeter meter, MeteredOperation operation) : IDisposable
{
    private int documents = -1;

    public void Succeed(int found) => documents = found;

    public void Dispose()
    {
        if (documents >= 0)
        {
            meter.Succeed(operation, documents);
        }
        else
        {
            meter.Fail(operation, null);
        }
    }
}
