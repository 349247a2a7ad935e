using Microsoft.Extensions.Logging;

namespace Undercroft.AspNetCore.Hosting;

/// <summary>Logs documents that cannot be read: each once, for the scheduler comes past them every second.</summary>
internal sealed class UnreadableLog(ILogger logger)
{
    private const int ToldMax = 1000;

    private readonly Lock gate = new();
    private readonly HashSet<RecordKey> told = [];

    public void Tell(RecordKey document, StoreException error)
    {
        lock (gate)
        {
            if (told.Count >= ToldMax || !told.Add(document))
            {
                return;
            }
        }

        Log.Unreadable(logger, error, document);
    }
}
