using System.Diagnostics.CodeAnalysis;
using Undercroft.Backends;
using Undercroft.Jobs;
using Undercroft.Sqlite.Jobs;
using Undercroft.Sqlite.Native;
using Undercroft.Sqlite.Reading;
using Undercroft.Sqlite.Schema;
using Undercroft.Sqlite.Upkeep;
using Undercroft.Sqlite.Writing;

namespace Undercroft.Sqlite;

/// <summary>Keeps a store in one SQLite file. Several processes may have it open and write.</summary>
/// <remarks>
/// SQLite works while its caller waits: reads complete at once, on the caller's thread. Commits are handed to the one
/// thread that writes, which gives those that wait together one transaction. A caller that has been alone for a while,
/// and has no synchronization context, writes on its own thread instead: the call returns when the commit is done.
/// </remarks>
public sealed class SqliteStore : IStore, IJobAccess
{
    private readonly SqliteFile file;
    private readonly StoreClock clock;
    private readonly ReaderPool readers;
    private readonly CommitWriter? writer;
    private readonly SqliteFollowers followers;
    private readonly SqliteUpkeep upkeep;
    private readonly WorkSignal work = new();
    private readonly SqliteJobs? jobs;
    private readonly SingleEnd ending = new();

    private SqliteStore(SqliteFile file, SqliteConnection? writing, TimeProvider time)
    {
        this.file = file;
        var options = file.Options;
        var known = new NameTable();
        var histories = new HistoryCache();
        clock = new StoreClock(time);
        readers = new ReaderPool(
            () => OpenReader(known, histories),
            options.ReadersMax, options.SnapshotIdleMax, time);
        followers = new SqliteFollowers(file.Path, readers, options.PollInterval, time, work.Pulse);
        Guid epoch;
        if (writing is null)
        {
            var reader = readers.TryRent()!;
            var state = reader.State();
            epoch = state.History.Epoch;
            clock.Resume(new DateTimeOffset(state.Clock, TimeSpan.Zero), reader.Ahead());

            // A file that nobody has written since there are jobs has no tables for them, and gets none from a reader.
            jobs = reader.Version >= SqliteSchema.JobsVersion ? new SqliteJobs(this, followers, work) : null;
            readers.Return(reader);
        }
        else
        {
            var session = new WriteSession(writing, known, histories, clock, options.Limits);
            epoch = session.Epoch;
            var log = new LogKeeper(options.LogPagesMax, options.BusyTimeout, readers);
            log.Start(writing);
            writer = new CommitWriter(session, options, file.Path, Committed, log);
            jobs = new SqliteJobs(this, followers, work);
        }

        Info = new StoreInfo
        {
            Backend = SqliteErrors.Backend,
            Location = file.Path,
            Epoch = epoch,
            Capabilities = StoreCapabilities.Persistent | StoreCapabilities.SharedWriters | StoreCapabilities.Backup |
                (options.ReadOnly ? StoreCapabilities.ReadOnly : default) |
                (jobs is null ? default : StoreCapabilities.Jobs),
            Limits = options.Limits,
            DurabilityLevels = [Durability.Memory, Durability.Os, Durability.Disk],
            DefaultDurability = options.DefaultDurability,
        };
        upkeep = new SqliteUpkeep(file, Info, writer);
    }

    /// <inheritdoc/>
    public StoreInfo Info { get; }

    /// <summary>Opens a store; where there is no file yet, an empty one is made.</summary>
    /// <param name="options">The settings, read once.</param>
    /// <param name="clock">Where the time comes from; null means the system.</param>
    /// <param name="cancellationToken">Ends the opening before it has begun.</param>
    /// <exception cref="ArgumentException">A setting is wrong.</exception>
    /// <exception cref="StoreException">There is no usable SQLite library, or the file is damaged, belongs to something
    /// else, is newer than this code or cannot be opened. It is left as it is.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "The caller owns the store.")]
    public static ValueTask<SqliteStore> OpenAsync(
        SqliteStoreOptions options, TimeProvider? clock = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        cancellationToken.ThrowIfCancellationRequested();
        var time = clock ?? TimeProvider.System;
        var file = SqliteFile.Find(options.Copy());
        SqliteConnection? writing = null;
        try
        {
            writing = file.OpenWriter(time);
            var store = new SqliteStore(file, writing, time);
            writing = null;
            return new(store);
        }
        catch (Exception error) when (error is SqliteException or InvalidDataException)
        {
            throw SqliteErrors.Of(error, "open the store", file.Path);
        }
        finally
        {
            writing?.Dispose();
        }
    }

    /// <inheritdoc/>
    public ValueTask<ReadResult> ReadAsync(
        KeyList keys, ReadOptions options = default, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        CommitGuard.Check(keys, options, Info);
        var now = options.Now ?? clock.Now();
        return readers.TryRent() is { } reader
            ? new(Read(reader, keys, options, now))
            : WaitAndReadAsync(keys, options, now, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ScanPage> ScanAsync(ScanRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ThrowIfEnded(cancellationToken);
        var limit = CommitGuard.Check(request, Info);
        var now = request.Now ?? clock.Now();
        return WithReaderAsync(reader => reader.Scan(request, limit, Info.Limits, now), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);
        var level = CommitGuard.Check(commit, Info);
        return writer!.SubmitAsync(new CommitJob(commit, level), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ChangePage> ChangesAsync(
        ChangesRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ThrowIfEnded(cancellationToken);
        var limit = CommitGuard.Check(request, Info);
        var now = request.Now ?? clock.Now();
        return WithReaderAsync(reader => reader.Changes(request, limit, Info.Limits, now), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask WaitAsync(FeedCursor after, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded(cancellationToken);

        // The wait begins before the look: a commit in between is heard of.
        using var wait = followers.Begin();
        ThrowIfEnded(cancellationToken);
        var (seen, latest) = await WithReaderAsync(
            reader => reader.Resolve(after), cancellationToken).ConfigureAwait(false);
        if (seen >= latest)
        {
            followers.Know(latest);
            await wait.Next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<MaintenanceReport> MaintainAsync(
        MaintenanceRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ThrowIfEnded(cancellationToken);
        try
        {
            return await upkeep.RunAsync(request, request.Now ?? clock.Now(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SqliteException or InvalidDataException)
        {
            throw SqliteErrors.Of(error, "do its upkeep", file.Path);
        }
    }

    /// <inheritdoc/>
    public TFeature? Feature<TFeature>()
        where TFeature : class => this as TFeature ?? jobs as TFeature;

    /// <summary>Lets the commits that wait end, then closes the file.</summary>
    public ValueTask DisposeAsync() => ending.RunAsync(EndAsync);

    ValueTask<TResult> IJobAccess.WriteAsync<TResult>(WriteJob<TResult> job, CancellationToken cancellationToken)
    {
        ThrowIfEnded(cancellationToken);
        JobGuard.CheckWritable(Info);
        return writer!.SubmitAsync(job, cancellationToken);
    }

    ValueTask<TResult> IJobAccess.ReadAsync<TResult>(
        Func<JobReader, TResult> read, CancellationToken cancellationToken)
    {
        ThrowIfEnded(cancellationToken);
        return WithReaderAsync(reader => read(reader.Jobs), cancellationToken);
    }

    private void Committed(bool hasWork)
    {
        followers.Pulse();
        if (hasWork)
        {
            work.Pulse();
        }
    }

    private SqliteReader OpenReader(NameTable known, HistoryCache histories)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = file.OpenReader();
            var reader = new SqliteReader(connection, known, histories);
            connection = null;
            return reader;
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.Of(error, "read", file.Path);
        }
        finally
        {
            connection?.Dispose();
        }
    }

    private async ValueTask<ReadResult> WaitAndReadAsync(
        KeyList keys, ReadOptions options, DateTimeOffset now, CancellationToken cancellationToken) =>
        Read(await readers.RentAsync(cancellationToken).ConfigureAwait(false), keys, options, now);

    private ReadResult Read(SqliteReader reader, in KeyList keys, in ReadOptions options, DateTimeOffset now)
    {
        try
        {
            reader.Refresh();
            ReadResult result;
            if (keys.Count == 1)
            {
                result = new ReadResult(reader.Find(keys[0], options, 0, now));
            }
            else
            {
                var found = new StoreRecord?[keys.Count];
                for (var i = 0; i < found.Length; i++)
                {
                    found[i] = reader.Find(keys[i], options, i, now);
                }

                result = new ReadResult(found);
            }

            reader.Finish();
            readers.Return(reader);
            return result;
        }
        catch (Exception error) when (error is SqliteException or InvalidDataException)
        {
            readers.Retire(reader);
            throw SqliteErrors.Of(error, "read", file.Path);
        }
        catch
        {
            // A refusal, such as an expired cursor: the reader is as good as before.
            readers.Return(reader);
            throw;
        }
    }

    private async ValueTask<TResult> WithReaderAsync<TResult>(
        Func<SqliteReader, TResult> read, CancellationToken cancellationToken)
    {
        var reader = readers.TryRent() ?? await readers.RentAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            reader.Refresh();
            var result = read(reader);
            reader.Finish();
            readers.Return(reader);
            return result;
        }
        catch (Exception error) when (error is SqliteException or InvalidDataException)
        {
            readers.Retire(reader);
            throw SqliteErrors.Of(error, "read", file.Path);
        }
        catch
        {
            // A refusal, such as an expired cursor: the reader is as good as before.
            readers.Return(reader);
            throw;
        }
    }

    private async ValueTask EndAsync()
    {
        work.Fail(new ObjectDisposedException(nameof(SqliteStore)));
        await followers.DisposeAsync().ConfigureAwait(false);
        await upkeep.DisposeAsync().ConfigureAwait(false);
        await readers.CloseAsync().ConfigureAwait(false);
        if (writer is not null)
        {
            // Last: whoever closes the file last empties the log, and a reader may not.
            await writer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void ThrowIfEnded(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(ending.HasBegun, this);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
