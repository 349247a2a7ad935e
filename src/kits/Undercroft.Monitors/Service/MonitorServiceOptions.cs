using Undercroft.Queries;

namespace Undercroft.Monitors;

/// <summary>Settings of a <see cref="MonitorService"/>.</summary>
public sealed class MonitorServiceOptions
{
    /// <summary>The time. The default is the system's.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>How long an agent may be silent until it counts as gone. The default is 60 seconds.</summary>
    public TimeSpan AgentTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long ended runs are kept. The default is 30 days.</summary>
    public TimeSpan RunsKept { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often a job may be begun until its run counts as failed. The default is 3.</summary>
    public int AttemptsMax { get; set; } = 3;

    /// <summary>Told of documents that cannot be read and that lists, the scheduler and the upkeep pass over: a broken
    /// one takes no other away. What it throws is not heeded. Null means nobody is.</summary>
    public Action<RecordKey, StoreException>? Unreadable { get; set; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentException">One of them cannot be used.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Clock);
        Check(AgentTimeout >= TimeSpan.FromSeconds(1) && AgentTimeout <= TimeSpan.FromDays(1), nameof(AgentTimeout));
        Check(RunsKept >= TimeSpan.FromMinutes(1) && RunsKept <= TimeSpan.FromDays(3650), nameof(RunsKept));
        Check(AttemptsMax is >= 1 and <= 100, nameof(AttemptsMax));
    }

    /// <summary>Has a query pass over what cannot be read, and tell of it.</summary>
    internal Query<T> PassingOver<T>(IRepository<T> documents) => documents.Query().PassingOver(
        (id, error) => Tell(new RecordKey(documents.Definition.Name, id), error));

    /// <summary>Tells of a document that cannot be read.</summary>
    internal void Tell(RecordKey document, StoreException error) =>
        Listener.Tell(heard => Unreadable?.Invoke(heard.Document, heard.Error), (Document: document, Error: error));

    private static void Check(bool holds, string name)
    {
        if (!holds)
        {
            throw new ArgumentException(
                $"MonitorServiceOptions.{name} is out of range: see its documentation.", name);
        }
    }
}
