using System.Text.Json;
using Undercroft.Jobs;

namespace Undercroft.Testing;

/// <summary>Looks at the jobs of a storage: was one enqueued, with which payload, and what became of it.</summary>
/// <param name="storage">The storage.</param>
public sealed class JobProbe(Storage storage)
{
    private const int PageMax = 1000;

    /// <summary>Lists the jobs of a kind, whatever became of them, in the order they were enqueued in.</summary>
    /// <param name="kind">The kind; null means all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<IReadOnlyList<JobInfo>> ListAsync(
        string? kind = null, CancellationToken cancellationToken = default)
    {
        var jobs = new List<JobInfo>();
        foreach (var state in Enum.GetValues<JobState>())
        {
            var filter = new JobFilter { State = state, Kind = kind, Limit = PageMax };
            do
            {
                var page = await storage.Jobs.ListJobsAsync(filter, cancellationToken);
                jobs.AddRange(page.Jobs);
                filter = filter with { After = page.Next };
            }
            while (filter.After is not null);
        }

        return [.. jobs.OrderBy(static job => job.EnqueuedAt).ThenBy(static job => job.Id)];
    }

    /// <summary>Lists what jobs of a kind were enqueued with.</summary>
    /// <param name="definition">The kind.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="JsonException">A payload is not of the type.</exception>
    public async ValueTask<IReadOnlyList<T>> PayloadsAsync<T>(
        JobDefinition<T> definition, CancellationToken cancellationToken = default)
    {
        var jobs = await ListAsync(definition.Kind, cancellationToken);
        return [.. jobs.Select(job => Read(definition, job))];
    }

    /// <summary>Finds the one job of a kind that matches.</summary>
    /// <param name="definition">The kind.</param>
    /// <param name="matches">What its payload must be like; null means anything.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">There is none, or more than one; the sentence shows what there is.
    /// </exception>
    public async ValueTask<JobInfo> SingleAsync<T>(
        JobDefinition<T> definition, Func<T, bool>? matches = null, CancellationToken cancellationToken = default)
    {
        var jobs = await ListAsync(definition.Kind, cancellationToken);
        var found = jobs.Where(job => matches is null || matches(Read(definition, job))).ToList();
        return found is [var one]
            ? one
            : throw new InvalidOperationException(
                $"Expected one job of kind {Names.Show(definition.Kind)} that matches; found {found.Count} of " +
                $"{jobs.Count}: [{string.Join(", ", jobs.Take(10).Select(static job => $"{job.Id} {job.State}"))}].");
    }

    private static T Read<T>(JobDefinition<T> definition, JobInfo job) =>
        JsonSerializer.Deserialize(job.Payload.Span, definition.TypeInfo)!;
}
