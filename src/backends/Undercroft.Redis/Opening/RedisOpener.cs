using System.Globalization;
using System.Net.Security;
using Undercroft.Backends;
using Undercroft.Redis.Client;
using Undercroft.Redis.Functions;
using Undercroft.Redis.Reading;
using Undercroft.Redis.Records;
using Undercroft.Redis.Writing;

namespace Undercroft.Redis.Opening;

/// <summary>Opens a store: connects, asks the server what it promises, loads the functions, and finds or makes the
/// store's row.</summary>
/// <param name="options">The settings.</param>
/// <param name="library">The functions.</param>
internal sealed class RedisOpener(RedisStoreOptions options, FunctionLibrary library)
{
    private const int DefaultPort = 6379;
    private const int DefaultSentinelPort = 26379;

    private readonly StoreKeys keys = new(options.StoreName);

    /// <summary>The store, without secrets.</summary>
    public string Location { get; } = string.Create(
        CultureInfo.InvariantCulture, $"{options.Hosts}/{options.Database}?store={options.StoreName}");

    /// <summary>Opens the store.</summary>
    public async ValueTask<OpenedStore> OpenAsync(TimeProvider? time, CancellationToken cancellationToken)
    {
        var opened = new OpenedStore { Options = options, Location = Location };
        try
        {
            opened.Client = await ConnectAsync(isTracking: false, cancellationToken).ConfigureAwait(false);
            var facts = await ServerFacts.AskAsync(opened.Client, keys, cancellationToken).ConfigureAwait(false);
            RefuseEviction(facts);
            var policy = PolicyOf(facts);
            opened.Caller = new FunctionCaller(opened.Client, library, keys);
            opened.Time = time is null || ReferenceEquals(time, TimeProvider.System)
                ? new ServerTime(facts.Offset)
                : time;
            var (epoch, told) = await FindRowAsync(opened, cancellationToken).ConfigureAwait(false);
            opened.Clock = new StoreClock(opened.Time, told);
            opened.Info = Describe(epoch, policy, facts);
            opened.Call = new CommitCall(library, keys, opened.Info, opened.Clock, opened.Salt);
            await ConnectMoreAsync(opened, policy, facts, cancellationToken).ConfigureAwait(false);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<(Guid Epoch, DateTimeOffset Told)> FindRowAsync(
        OpenedStore opened, CancellationToken cancellationToken)
    {
        // Who finds one writes nothing: so a store opens on a server that has no memory left.
        using (var found = await opened.Caller.CallAsync(
            library.Look,
            command =>
            {
                // A user without one of them would find out in the middle of a commit.
                foreach (var needed in options.ReadOnly ? Rights.Reading : [.. Rights.Reading, .. Rights.Writing])
                {
                    _ = command.Add(needed);
                }
            },
            isReading: true,
            cancellationToken).ConfigureAwait(false))
        {
            var answer = found.ToArray();
            if (options.ReadOnly || answer[0].Int64 != Status.Missing)
            {
                return ReadRow(answer);
            }
        }

        var now = opened.Time.GetUtcNow();
        var fresh = Guid.CreateVersion7(now).ToByteArray(bigEndian: true);
        using var made = await opened.Caller.CallAsync(
            library.Open,
            command => command.Add(fresh).Add(Instants.Write(now)),
            isReading: false,
            cancellationToken).ConfigureAwait(false);
        return ReadRow(made.ToArray());
    }

    private (Guid Epoch, DateTimeOffset Told) ReadRow(RedisReply[] answer) => answer[0].Int64 == Status.Done
        ? (new Guid(answer[1].Bytes.Span, bigEndian: true), RecordCodec.Instant(answer[2].Bytes.Span))
        : throw RedisErrors.Refused(answer[0].Int64, answer.Length > 1 ? answer[1].Text : string.Empty, Location);

    private StoreInfo Describe(Guid epoch, RedisAppendPolicy? policy, ServerFacts facts)
    {
        var levels = ServerFacts.Levels(policy, facts.HasWaitForLog);
        var wanted = options.DefaultDurability ?? levels[^1];
        return levels.Contains(wanted) ? new StoreInfo
        {
            Backend = RedisErrors.Backend,
            Location = Location,
            Epoch = epoch,
            Capabilities = StoreCapabilities.Persistent | StoreCapabilities.SharedWriters |
                StoreCapabilities.Jobs | (options.ReadOnly ? StoreCapabilities.ReadOnly : default),
            Limits = options.Limits,
            DurabilityLevels = levels,
            DefaultDurability = wanted,
        } : throw new CapabilityException(
            RedisErrors.Backend,
            $"durability '{wanted}' at {Names.Show(Location)}, where {Told(policy)}",
            wanted == Durability.Disk
                ? "Set 'appendonly yes' and 'appendfsync always' on the server, or ask for less."
                : "Set 'appendonly yes' on the server with 'appendfsync always' or 'no', or ask for less.");
    }

    private static string Told(RedisAppendPolicy? policy) => policy switch
    {
        RedisAppendPolicy.None => "the server keeps no log (appendonly no)",
        RedisAppendPolicy.Written => "the server does not flush its log (appendfsync no)",
        RedisAppendPolicy.EverySecond => "the server flushes its log every second (appendfsync everysec)",
        RedisAppendPolicy.Always => "the server flushes its log before each answer",
        _ => "the server does not tell how it keeps its log (CONFIG GET is refused; say it with the setting 'aof')",
    };

    // A setting speaks for a server that does not tell, or asks for less than the server gives; it promises nothing
    // that the server says it does not keep.
    private RedisAppendPolicy? PolicyOf(ServerFacts facts)
    {
        if (options.AppendPolicy is { } said && facts.Policy is { } found &&
            ServerFacts.PromisesMore(said, found))
        {
            throw RedisErrors.Refuse(
                StoreErrorKind.Unsupported, Location,
                $"the setting 'aof' ({nameof(RedisStoreOptions.AppendPolicy)}) says '{Word(said)}', but {Told(found)}",
                "Leave the setting out: it is for servers that refuse CONFIG GET; or have the server keep its log so.");
        }

        return options.AppendPolicy ?? facts.Policy;
    }

    private static string Word(RedisAppendPolicy policy) => policy switch
    {
        RedisAppendPolicy.None => "none",
        RedisAppendPolicy.Written => "no",
        RedisAppendPolicy.EverySecond => "everysec",
        _ => "always",
    };

    private async ValueTask ConnectMoreAsync(
        OpenedStore opened, RedisAppendPolicy? policy, ServerFacts facts, CancellationToken cancellationToken)
    {
        var logFrom = ServerFacts.WaitsForLogFrom(policy, facts.HasWaitForLog);
        if (!options.ReadOnly && (options.Replicas > 0 || logFrom is not null))
        {
            opened.Lane = new WaitLane(
                await ConnectAsync(isTracking: false, cancellationToken).ConfigureAwait(false),
                opened.Call, options, logFrom, Location);
        }

        if (options.CacheRecords > 0)
        {
            opened.Cached = new CachedReads(
                await ConnectAsync(isTracking: true, cancellationToken).ConfigureAwait(false),
                keys, opened.Clock, options);
        }
    }

    private void RefuseEviction(ServerFacts facts)
    {
        if (facts.Eviction is { } eviction and not "noeviction")
        {
            throw RedisErrors.Refuse(
                StoreErrorKind.Unsupported, Location,
                $"the server throws keys away when its memory is full (maxmemory-policy is {Names.Show(eviction)}, " +
                "expected 'noeviction')",
                "Set it with CONFIG SET maxmemory-policy noeviction: a store must not lose records.");
        }
    }

    private ValueTask<RedisClient> ConnectAsync(bool isTracking, CancellationToken cancellationToken) =>
        RedisClient.OpenAsync(
            new RedisClientOptions
            {
                Endpoints = Endpoints(),
                Topology = options.SentinelName is null ? RedisTopologyKind.Discover : RedisTopologyKind.Sentinel,
                ClientName = options.ClientName,
                ConnectTimeout = options.ConnectTimeout,
                SentinelName = options.SentinelName,
                User = options.User,
                Password = options.Password,
                SentinelUser = options.SentinelUser,
                SentinelPassword = options.SentinelPassword,
                Database = options.Database,
                Tls = Copy(options.Tls),
                CommandTimeout = options.CommandTimeout,
                ServerTimeout = options.ServerTimeout,
                SpinTime = options.SpinTime,
                IsTracking = isTracking,
            },
            cancellationToken);

    // Each client fills in its own host.
    private static SslClientAuthenticationOptions? Copy(SslClientAuthenticationOptions? tls) =>
        tls is null ? null : new()
    {
        TargetHost = tls.TargetHost,
        ClientCertificates = tls.ClientCertificates,
        RemoteCertificateValidationCallback = tls.RemoteCertificateValidationCallback,
        CertificateChainPolicy = tls.CertificateChainPolicy,
        CertificateRevocationCheckMode = tls.CertificateRevocationCheckMode,
        EnabledSslProtocols = tls.EnabledSslProtocols,
    };

    private List<RedisEndpoint> Endpoints()
    {
        var port = options.SentinelName is null ? DefaultPort : DefaultSentinelPort;
        var endpoints = new List<RedisEndpoint>();
        foreach (var host in options.Hosts.Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            endpoints.Add(Endpoint(host, port));
        }

        return endpoints;
    }

    private static RedisEndpoint Endpoint(string text, int port)
    {
        var colon = text.LastIndexOf(':');
        var isBracketed = text.StartsWith('[') && text.Contains(']', StringComparison.Ordinal);
        var hasPort = colon > 0 &&
            (isBracketed ? text[colon - 1] == ']' : text.IndexOf(':', StringComparison.Ordinal) == colon);
        var host = hasPort ? text[..colon] : text;
        var digits = hasPort ? text.AsSpan(colon + 1) : default;
        if (hasPort && (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port) ||
            port is < 1 or > 65_535))
        {
            throw new ArgumentException(
                $"The setting '{nameof(RedisStoreOptions)}.{nameof(RedisStoreOptions.Hosts)}' has a port " +
                "that is none; expected 1 to 65,535. A user and a password have settings of their own.");
        }

        return new RedisEndpoint(isBracketed ? host[1..^1] : host, port);
    }
}
