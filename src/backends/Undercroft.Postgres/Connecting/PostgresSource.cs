using Npgsql;
using Undercroft.Postgres.Schema;

namespace Undercroft.Postgres.Connecting;

/// <summary>The connections of a store: opened, pooled, and tried again while the server is away.</summary>
internal sealed class PostgresSource : IAsyncDisposable
{
    private const int ConnectSeconds = 4;

    // A page of documents, or a group of commits, in one call of the system or a few.
    private const int BufferBytes = 64 * 1024;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource connections;
    private readonly NpgsqlMultiHostDataSource? hosts;
    private readonly HomeCheck home = new();
    private readonly CancellationTokenSource closing = new();
    private readonly TimeSpan retryFor;
    private volatile bool wasThere;

    public PostgresSource(PostgresStoreOptions options)
    {
        Place = PostgresPlace.Of(options);
        retryFor = options.RetryFor;
        var settings = Settings(options);
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        _ = builder.EnableArrays();
        _ = builder.EnableTransportSecurity();
        _ = builder.UsePhysicalConnectionInitializer(
            static _ => throw new NotSupportedException("Connections are opened asynchronously."), home.CheckAsync);
        if (settings.Host?.Contains(',', StringComparison.Ordinal) == true)
        {
            hosts = builder.BuildMultiHost();
            connections = hosts.WithTargetSession(
                options.ReadOnly ? TargetSessionAttributes.PreferStandby : TargetSessionAttributes.Primary);
        }
        else
        {
            connections = builder.Build();
        }
    }

    /// <summary>Where the store is.</summary>
    public PostgresPlace Place { get; }

    /// <summary>Ends when the store is closed.</summary>
    public CancellationToken Closing => closing.Token;

    /// <summary>How long calls try again.</summary>
    public TimeSpan RetryFor => retryFor;

    /// <summary>Opens a connection, or takes one that is open.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => hosts is null
        ? connections.OpenConnectionAsync(cancellationToken)
        : OpenAnyAsync(cancellationToken);

    /// <summary>Says which server and database connections must lead to from now on.</summary>
    /// <param name="place">What <see cref="TableHome.Server"/> gives there.</param>
    public void StayAt(string place) => home.StayAt(place);

    /// <summary>Does something that may be done twice, again and again while the server is away.</summary>
    /// <param name="work">What to do with a connection.</param>
    /// <param name="doing">What it is, for messages.</param>
    /// <param name="cancellationToken">Ends the tries.</param>
    public async ValueTask<TResult> RunAsync<TResult>(
        Func<NpgsqlConnection, CancellationToken, ValueTask<TResult>> work,
        string doing,
        CancellationToken cancellationToken)
    {
        var pauses = new RetryPauses(retryFor);
        while (true)
        {
            try
            {
                var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
                wasThere = true;
                await using var owned = connection.ConfigureAwait(false);
                return await work(connection, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (PostgresErrors.IsOfTheDriver(error) || error is InvalidDataException)
            {
                ThrowIfCancelled(error, cancellationToken);
                if (!PostgresErrors.IsPassing(error) ||
                    (!wasThere && PostgresErrors.IsUnknownHost(error)) ||
                    !await pauses.TryWaitAsync(cancellationToken).ConfigureAwait(false))
                {
                    throw PostgresErrors.Of(error, doing, Place);
                }
            }
        }
    }

    /// <summary>Says that calls that wait must end.</summary>
    public Task CloseAsync() => closing.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await connections.DisposeAsync().ConfigureAwait(false);
        if (hosts is not null)
        {
            await hosts.DisposeAsync().ConfigureAwait(false);
        }

        closing.Dispose();
    }

    private async ValueTask<NpgsqlConnection> OpenAnyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await connections.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException error) when (HomeCheck.Find(error) is { } elsewhere)
        {
            throw elsewhere;
        }
    }

    private static void ThrowIfCancelled(Exception error, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The call was cancelled.", error, cancellationToken);
        }
    }

    private static NpgsqlConnectionStringBuilder Settings(PostgresStoreOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            MaxPoolSize = options.ConnectionsMax,
            CommandTimeout = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds),

            // A session keeps nothing but its mark, which is to stay: nothing need be reset.
            NoResetOnClose = true,
            HostRecheckSeconds = 1,
        };

        // A server that is gone without a word is noticed, also by who only listens. One on this machine cannot go
        // without a word, and a Unix socket takes no such setting.
        if (!PostgresPlace.HasSocket(settings.Host))
        {
            settings.TcpKeepAlive = true;
            settings.TcpKeepAliveTime = 10;
            settings.TcpKeepAliveInterval = 5;
        }

        // What is said stays as it is said.
        if (!settings.ShouldSerialize("Timeout"))
        {
            settings.Timeout = ConnectSeconds;
        }

        if (!settings.ShouldSerialize("Application Name"))
        {
            settings.ApplicationName = "Undercroft";
        }

        if (!settings.ShouldSerialize("Read Buffer Size"))
        {
            settings.ReadBufferSize = BufferBytes;
        }

        if (!settings.ShouldSerialize("Write Buffer Size"))
        {
            settings.WriteBufferSize = BufferBytes;
        }

        settings.MaxAutoPrepare = options.TransactionPooler ? 0 : 64;
        settings.AutoPrepareMinUsages = 2;
        settings.Multiplexing = false;
        settings.Enlist = false;
        return settings;
    }

    /// <summary>The pauses between tries: short at first, then longer, until the time is over.</summary>
    internal sealed class RetryPauses(TimeSpan within)
    {
        private readonly long started = TimeProvider.System.GetTimestamp();
        private TimeSpan next = FirstPause;

        /// <summary>Waits before the next try; false where the time is over.</summary>
        /// <remarks>The time of the network is the system's, whatever clock the store has.</remarks>
        public async ValueTask<bool> TryWaitAsync(CancellationToken cancellationToken)
        {
            if (TimeProvider.System.GetElapsedTime(started) + next > within)
            {
                return false;
            }

            await Task.Delay(next, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            next = next * 2 < LongestPause ? next * 2 : LongestPause;
            return true;
        }
    }
}
