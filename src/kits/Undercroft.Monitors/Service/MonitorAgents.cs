namespace Undercroft.Monitors;

/// <summary>Who carries out runs, and where.</summary>
/// <remarks>An agent was last heard of when the store has kept its word, by the store's time: whether it is online does
/// not hang on the clocks of those who say so and of those who ask.</remarks>
public sealed class MonitorAgents
{
    private const int MetadataMax = 20;
    private const int TextMax = 500;
    private const int AgentsMax = 10_000;

    private readonly IRepository<MonitorAgent> agents;
    private readonly MonitorServiceOptions options;
    private readonly MonitorTime time;

    internal MonitorAgents(Storage storage, MonitorServiceOptions options, MonitorTime time)
    {
        this.time = time;
        agents = storage.Repository(MonitorCollections.Agents);
        this.options = options;
    }

    /// <summary>Makes an agent known.</summary>
    /// <param name="location">The location whose runs it carries out.</param>
    /// <param name="metadata">What it says of itself; null means nothing.</param>
    /// <param name="cancellationToken">Ends the wait; the agent may have been made known.</param>
    /// <exception cref="ArgumentException">The location is no name, or the texts are too many or too long.</exception>
    public async ValueTask<MonitorAgent> RegisterAsync(
        string location,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(location);
        _ = LocationName.Check(location, nameof(location));
        if (metadata?.FirstOrDefault(static pair => pair.Value is null) is { Key: { } empty })
        {
            throw new ArgumentException(
                $"The metadata {Names.Show(empty)} of an agent is null. Give a text, or leave it out.",
                nameof(metadata));
        }

        if (metadata is { Count: > MetadataMax }
            || metadata?.Any(static pair => pair.Key.Length > TextMax || pair.Value.Length > TextMax) == true)
        {
            throw new ArgumentException(
                $"The metadata of an agent has more than {MetadataMax} texts, or one of more than {TextMax} "
                + "characters. Say less.",
                nameof(metadata));
        }

        var now = await time.NowAsync(cancellationToken).ConfigureAwait(false);
        var agent = new MonitorAgent
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Location = location,
            RegisteredAt = now,
            LastHeartbeat = now,
            Metadata = metadata ?? new Dictionary<string, string>(),
        };
        var created = await agents.CreateAsync(agent, cancellationToken: cancellationToken).ConfigureAwait(false);
        return Seen(created, created.UpdatedAt);
    }

    /// <summary>Notes that an agent is there.</summary>
    /// <returns>Whether it is known; where it is not, it registers again.</returns>
    public async ValueTask<bool> HeartbeatAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var now = await time.NowAsync(cancellationToken).ConfigureAwait(false);
        return await agents.PatchAsync(
            id, agent => agent with { LastHeartbeat = now }, cancellationToken: cancellationToken)
            .ConfigureAwait(false) is not null;
    }

    /// <summary>Forgets an agent.</summary>
    /// <returns>Whether there was one.</returns>
    public ValueTask<bool> RemoveAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return agents.DeleteAsync(id, cancellationToken: cancellationToken);
    }

    /// <summary>Lists the agents, oldest first; at most 10,000.</summary>
    /// <param name="location">Only those of this location; null means all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<IReadOnlyList<MonitorAgent>> ListAsync(
        string? location = null, CancellationToken cancellationToken = default)
    {
        var query = options.PassingOver(agents).OrderBy("$id");
        query = location is null ? query : query.Where(agent => agent.Location == location);
        var now = await time.NowAsync(cancellationToken).ConfigureAwait(false);
        var all = new List<MonitorAgent>();
        await foreach (var agent in query.StreamAsync(cancellationToken).ConfigureAwait(false))
        {
            all.Add(Seen(agent, now));
            if (all.Count == AgentsMax)
            {
                break;
            }
        }

        return all;
    }

    /// <summary>Lists the locations by name.</summary>
    public async ValueTask<IReadOnlyList<MonitorLocation>> LocationsAsync(
        CancellationToken cancellationToken = default)
    {
        var all = await ListAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        return
        [
            .. all.GroupBy(static agent => agent.Location)
                .Select(static group => new MonitorLocation(
                    group.Key, group.Count(static agent => agent.IsOnline), group.Count()))
                .OrderBy(static location => location.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Forgets agents that have been silent for a day.</summary>
    internal async ValueTask<int> PruneAsync(CancellationToken cancellationToken)
    {
        var all = await ListAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var horizon = time.Latest - TimeSpan.FromDays(1) - options.AgentTimeout;
        var gone = all.Where(agent => agent.LastHeartbeat < horizon).Select(static agent => agent.Id).ToList();
        return gone.Count == 0 ? 0
            : await agents.DeleteManyAsync(gone, cancellationToken).ConfigureAwait(false);
    }

    private MonitorAgent Seen(Document<MonitorAgent> agent, DateTimeOffset now) => agent.Value with
    {
        LastHeartbeat = agent.UpdatedAt,
        IsOnline = now - agent.UpdatedAt <= options.AgentTimeout,
    };
}
